import { isPrivateAddress, type SeenInstance } from "@herd/shared/mdns";
import { harmlessText } from "@herd/shared/terminal";

/** A router of somebody else on the local network. */
export interface OtherRouter {
  /** The same for as long as it is the same router. */
  readonly key: string;
  readonly text: string;
}

/** What tells this router's own announcement from others. */
export interface OwnRouter {
  readonly fleetId: string;
  /** How the agent's command is typed here. */
  readonly herdNode: string;
}

/** The other routers among what is announced, each with the line that takes this machine there instead. */
export function otherRouters(seen: readonly SeenInstance[], { fleetId, herdNode }: OwnRouter): readonly OtherRouter[] {
  return seen.flatMap(({ name, port, texts, addresses }) => {
    const fleet = texts.get("fleet");
    const address = addresses.find(isPrivateAddress);
    if (fleet === fleetId || address === undefined) return [];
    const url = `http://${address}:${port}`;
    const host = texts.get("host") ?? "";
    const who = `"${harmlessText(name)}"${host === "" ? "" : ` on ${harmlessText(host)}`}`;
    const text = `another router is on this network, ${who}. To join this machine to it instead: ${herdNode} --router-url ${url}`;
    return [{ key: fleet ?? url, text }];
  });
}
