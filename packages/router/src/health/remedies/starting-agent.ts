import { flagWord } from "../words.ts";
import { ROUTER } from "./typed-command.ts";

/** The line that starts this product's agent on a machine, for this router. @param flags further ones, as they are typed */
export function startsAgent(nodeId: string | undefined, ...flags: readonly string[]): string {
  const name = nodeId === undefined ? [] : [flagWord("--node-id", nodeId)];
  return ["herd-node", "--router-url", `http://${ROUTER}`, ...name, ...flags].join(" ");
}
