import type { Check } from "../check.ts";
import { realReportingNodes } from "../nodes/each-node.ts";
import { ROUTER } from "../remedies/typed-command.ts";
import { plainText } from "../words.ts";

/** Programs that talk to a machine's Ollama past the router. */
export const backendBypassClients: Check = {
  id: "backend_bypass_clients",
  title: "Programs that go past the router",
  meaning: "info when an agent sees other programs talking to its Ollama directly",
  appliesTo: () => true,
  inspect: (facts) =>
    realReportingNodes(facts).flatMap(({ node: { nodeId }, facts: { heartbeat } }) => {
      const clients = heartbeat.ollama.backend_clients ?? [];
      if (clients.length === 0) return [];
      const named = clients.slice(0, MOST_NAMED).map(nameOf);
      return {
        severity: "info" as const,
        nodeId,
        subject: "",
        title: `Others use the Ollama of ${plainText(nodeId)} directly`,
        description: `${clients.length} programs talk to it past the router: ${named.join(", ")}.`,
        why: "The router cannot see that work: it sends requests to a machine that is busy with other ones.",
        fix: "Point those programs at the router instead",
        command: `export OLLAMA_HOST=${ROUTER}`,
        details: { clients: clients.slice(0, MOST_NAMED), count: clients.length },
      };
    }),
};

const MOST_NAMED = 5;
/** Where agents write it, the most telling first. */
const NAMES = ["name", "process", "ip", "address"];

function nameOf(client: unknown): string {
  if (typeof client === "string") return plainText(client);
  if (typeof client !== "object" || client === null) return "an unknown program";
  const told = client as Readonly<Record<string, unknown>>;
  const known = NAMES.map((member) => told[member]).find((value) => typeof value === "string");
  return typeof known === "string" ? plainText(known) : "an unknown program";
}
