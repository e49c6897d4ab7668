import { join } from "node:path";
import { type FinderLog, openFleetMemory } from "./fleet-memory.ts";
import { givenRouter } from "./given-router.ts";
import { lookOut, readNetworks } from "./look-out.ts";
import { RouterFinder } from "./router-finder.ts";
import type { RouterWay } from "./router-way.ts";

/** What finding the way to the router needs. */
export interface WaySources {
  /** The given URL; empty where the router is to be looked for. */
  readonly routerUrl: string;
  /** The mDNS type of routers. */
  readonly mdnsType: string;
  readonly dataDir: string;
  readonly log: FinderLog;
  /** The next heartbeat shall go now, over a new connection. */
  readonly onMove: () => void;
  /** ms on a monotonic clock. */
  readonly monotonic: () => number;
}

/**
 * The way to the router: by the given URL, or by looking for one.
 * @throws Error where no URL is given and the memory of this machine's fleet is damaged; the message names the fix.
 */
export function findWay({ routerUrl, mdnsType, dataDir, log, onMove, monotonic }: WaySources): RouterWay {
  const isGiven = routerUrl !== "";
  const memory = openFleetMemory(join(dataDir, "agent-fleet.json"), { log, mustBeSound: !isGiven });
  if (isGiven) return givenRouter(routerUrl, { memory, log });
  return new RouterFinder({
    memory,
    log,
    readNetworks,
    lookOut: (onHeard) => lookOut({ type: mdnsType, log, monotonic }, onHeard),
    onMove,
    monotonic,
  });
}
