import {
  addressNumber,
  isInNetwork,
  isLoopbackAddress,
  isPrivateAddress,
  type LinkNetwork,
  type SeenInstance,
} from "@herd/shared/mdns";

/** A router as it announces itself on the local network. Every text is safe to print. */
export interface RouterSighting {
  readonly name: string;
  /** The machine it says it runs on; empty where it does not say. */
  readonly host: string;
  /** Short name of its key; undefined for a router of the predecessor, which has none. */
  readonly fleetId: string | undefined;
  /** Where it may be reached, the best first; never empty. */
  readonly urls: readonly string[];
  readonly isOnThisMachine: boolean;
}

/** What was announced but cannot be used, as URLs. */
export interface Sightings {
  readonly routers: readonly RouterSighting[];
  /** Addresses outside of every private network: an announcement must not send an agent out into the world. */
  readonly publicUrls: readonly string[];
  /** Names of routers that speak a link this agent does not know. */
  readonly unknownProtocols: readonly string[];
}

/** The link between agent and router that this agent speaks. */
const LINK_PROTOCOL = "1";
const LONGEST_TEXT = 64;
const FLEET_ID = /^[0-9a-f]{16}$/;

/** Makes sightings of announcements. @param networks this machine's own */
export function sightingsOf(seen: readonly SeenInstance[], networks: readonly LinkNetwork[]): Sightings {
  const known = seen.filter(({ texts }) => (texts.get("protocol") ?? LINK_PROTOCOL) === LINK_PROTOCOL);
  const routers = known.flatMap((instance) => sightingOf(instance, networks) ?? []);
  const publicUrls = known.flatMap(({ addresses, port }) =>
    addresses.filter((address) => !isPrivateAddress(address)).map((address) => urlOf(address, port)),
  );
  const unknownProtocols = seen.filter((instance) => !known.includes(instance)).map(({ name }) => printable(name));
  return { routers, publicUrls, unknownProtocols };
}

function sightingOf(
  { name, port, texts, addresses }: SeenInstance,
  networks: readonly LinkNetwork[],
): RouterSighting | undefined {
  const rank = (address: string): number => {
    if (isLoopbackAddress(address)) return 0;
    return networks.some((network) => isInNetwork(address, network)) ? 1 : 2;
  };
  const usable = addresses.filter(isPrivateAddress);
  if (usable.length === 0) return undefined;
  const ranked = usable.toSorted((a, b) => rank(a) - rank(b) || addressNumber(a) - addressNumber(b));
  const fleetId = texts.get("fleet") ?? "";
  return {
    name: printable(name) || "router",
    host: printable(texts.get("host") ?? ""),
    fleetId: FLEET_ID.test(fleetId) ? fleetId : undefined,
    urls: ranked.map((address) => urlOf(address, port)),
    isOnThisMachine: usable.some((address) => networks.some(({ address: own }) => own === address)),
  };
}

const urlOf = (address: string, port: number): string => `http://${address}:${port}`;

/** Text from the network may hold anything, escape sequences of terminals included. */
function printable(text: string): string {
  const clean = text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, "").trim();
  return Array.from(clean).slice(0, LONGEST_TEXT).join("");
}
