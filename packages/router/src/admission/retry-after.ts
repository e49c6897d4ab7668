import type { Lane } from "./lane.ts";

/** Bounds of the advice, s. */
const SHORTEST_S = 1;
const LONGEST_S = 120;

/** When to try again, s: the time the lane needs for who waits there now, from its measured rate; 1 when unknown. */
export function retryAfterSeconds(lane: Lane | undefined): number {
  if (lane === undefined || lane.sums.samples === 0) return SHORTEST_S;
  const meanMs = lane.sums.latencyMs / lane.sums.samples;
  const waitMs = (lane.waiting * meanMs) / lane.parallelism.provenLimit();
  return Math.min(LONGEST_S, Math.max(SHORTEST_S, Math.ceil(waitMs / 1000)));
}
