import type { Filter } from "./contracts.ts";
import { alreadyFailed } from "./filters/already-failed.ts";
import { backendUnreachable } from "./filters/backend-unreachable.ts";
import { breakerOpen } from "./filters/breaker-open.ts";
import { doesNotFit } from "./filters/does-not-fit.ts";
import { draining } from "./filters/draining.ts";
import { heatCritical } from "./filters/heat-critical.ts";
import { lacksCapability } from "./filters/lacks-capability.ts";
import { lacksRoute } from "./filters/lacks-route.ts";
import { loadBlocked } from "./filters/load-blocked.ts";
import { memoryBusy } from "./filters/memory-busy.ts";
import { offline } from "./filters/offline.ts";
import { paused } from "./filters/paused.ts";
import { pinnedElsewhere } from "./filters/pinned-elsewhere.ts";
import { simulated } from "./filters/simulated.ts";

/**
 * All filters, in the order in which they are applied. Those that yield stand last, what matters most among them first:
 * a capable model on a busy, hot or faulty machine is better than an idle one that cannot do what is asked.
 */
export const filters = [
  simulated,
  pinnedElsewhere,
  offline,
  draining,
  backendUnreachable,
  alreadyFailed,
  paused,
  loadBlocked,
  doesNotFit,
  lacksRoute,
  lacksCapability,
  breakerOpen,
  heatCritical,
  memoryBusy,
] as const satisfies readonly Filter[];
