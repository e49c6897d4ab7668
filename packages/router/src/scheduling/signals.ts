import type { Signal } from "./contracts.ts";
import { availabilityTrend } from "./signals/availability-trend.ts";
import { contextFit } from "./signals/context-fit.ts";
import { memoryFit } from "./signals/memory-fit.ts";
import { queueDepth } from "./signals/queue-depth.ts";
import { type RoleThresholds, roleAffinity, roleAffinityWith } from "./signals/role-affinity.ts";
import { thermal } from "./signals/thermal.ts";
import { waitTime } from "./signals/wait-time.ts";

/** All signals, in the order in which a decision shows them. */
export const signals = [
  thermal,
  memoryFit,
  queueDepth,
  waitTime,
  roleAffinity,
  availabilityTrend,
  contextFit,
] as const satisfies readonly Signal[];

/** The same signals, with the sizes from which a model counts as big or small for `role_affinity`. */
export function signalsWith(thresholds: RoleThresholds): readonly Signal[] {
  return signals.map((signal) => (signal === roleAffinity ? roleAffinityWith(thresholds) : signal));
}
