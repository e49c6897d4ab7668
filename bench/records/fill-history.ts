import { setImmediate as nextTurn } from "node:timers/promises";
import type { TraceInput } from "../../packages/router/src/traces/trace-input.ts";
import { seededRandom } from "../soak/random.ts";
import { historyTrace } from "./history-trace.ts";

/** What takes requests and tells how many of them wait. */
export interface Recorder {
  readonly record: (trace: TraceInput) => void;
  readonly counts: () => { readonly pending: number };
}

/** How much history: so many requests, evenly over the last days. */
export interface History {
  readonly rows: number;
  readonly days: number;
}

/** Requests that may wait: fewer than make the recorder's bound. */
const PENDING_AT_MOST = 5000;
const DAY_MS = 86_400_000;

/** A fleet of 10 nodes and 20 models, the same at every call but for the time. @param random numbers from 0 up to 1 */
export const fleetPlan = (random = seededRandom(1)) => ({ random, nodes: 10, models: 20 });

/** Records the history of a busy fleet and waits until it is on disk. */
export async function fillHistory({ record, counts }: Recorder, { rows, days }: History): Promise<void> {
  const plan = fleetPlan();
  const begin = Date.now() - days * DAY_MS;
  for (let id = 0; id < rows; id += 1) {
    record(historyTrace(plan, { endedAt: Math.round(begin + (id * days * DAY_MS) / rows), id }));
    while (counts().pending >= PENDING_AT_MOST) await nextTurn();
  }
  while (counts().pending > 0) await nextTurn();
}
