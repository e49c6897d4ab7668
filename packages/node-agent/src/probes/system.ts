import { loadavg, platform, release, uptime } from "node:os";
import type { SystemReading } from "@herd/shared";

/** The operating system, how long it runs and how loaded it is. Costs nothing, so it is read for every heartbeat. */
export function readSystem(): SystemReading {
  const [lastMinute = 0] = loadavg();
  return { platform: platform(), release: release(), uptime_s: Math.floor(uptime()), load_1m: lastMinute };
}
