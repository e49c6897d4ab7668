import { type Advertisement, labelOf, nameOf } from "@herd/shared/mdns";

/** Version of the link between agent and router; an agent that does not know it says so. */
const LINK_PROTOCOL = 1;
/** What routers of the predecessor say under `version`; its agents read nothing else. */
const PREDECESSOR_VERSION = "0.1.0";

/** What a router says about itself. */
export interface RouterFacts {
  readonly name: string;
  /** `_fleet-manager._tcp.local.` */
  readonly type: string;
  readonly port: number;
  readonly fleetId: string;
  /** The machine's own name. */
  readonly hostName: string;
}

/** The router's announcement. The host name in it is one of its own, so that it never meets what the system announces of the machine. */
export function advertisementOf({ name, type, port, fleetId, hostName }: RouterFacts): Advertisement {
  const shortName = hostName.split(".")[0]?.replace(/[^A-Za-z0-9-]+/g, "-") || "herd";
  return {
    name: labelOf(name),
    type: nameOf(type),
    host: [labelOf(shortName, `-${fleetId.slice(0, 8)}`), "local"],
    port,
    texts: [
      `version=${PREDECESSOR_VERSION}`,
      `fleet=${fleetId}`,
      `host=${labelOf(hostName)}`,
      `protocol=${LINK_PROTOCOL}`,
    ],
  };
}

/** Whether an address to listen at means every address of the machine. */
export const isEverywhere = (address: string): boolean => address === "0.0.0.0" || address === "::";

/** Whether others than this machine reach a server at an address. */
export const isBeyondLoopback = (address: string): boolean => address !== "::1" && !address.startsWith("127.");
