import { networkInterfaces } from "node:os";
import { type LinkNetwork, type LinkProblem, linkNetworksOf, nameOf, openBrowser } from "@herd/shared/mdns";
import { BY_HAND } from "./finder-sentences.ts";
import type { FinderLog } from "./fleet-memory.ts";
import type { Lookout } from "./router-finder.ts";

/** What looking out needs. */
export interface LookOutSources {
  /** `_fleet-manager._tcp.local.` */
  readonly type: string;
  readonly log: FinderLog;
  /** ms on a monotonic clock. */
  readonly monotonic: () => number;
}

/** This machine's networks as they are now. */
export const readNetworks = (): readonly LinkNetwork[] => linkNetworksOf(networkInterfaces());

/** Browses all networks of this machine for routers. Whatever fails is a warning with its fix. */
export function lookOut({ type, log, monotonic }: LookOutSources, onHeard: () => void): Lookout {
  return openBrowser({
    type: nameOf(type),
    readNetworks,
    onHeard,
    monotonic,
    onProblem: (problem) => log.warn({ interface: problem.interfaceName }, sentenceOf(problem)),
  });
}

function sentenceOf({ kind, interfaceName, error }: LinkProblem): string {
  if (kind === "network")
    return `Routers cannot be looked for by mDNS on ${interfaceName} (${error.message}). Fix: allow UDP port 5353 there, or name the router: ${BY_HAND}`;
  return `Announcements of routers cannot be heard by mDNS (${error.message}); they are asked directly. Fix: end the program that keeps UDP port 5353 to itself, or name the router: ${BY_HAND}`;
}
