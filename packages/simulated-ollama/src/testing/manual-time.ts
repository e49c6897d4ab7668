import { setImmediate as nextTurn } from "node:timers/promises";
import type { Surroundings } from "../surroundings.ts";

/** A clock that stands still until it is moved. */
export interface ManualTime extends Surroundings {
  /** Moves the clock, and lets everything that was due happen in its order. */
  advance(milliseconds: number): Promise<void>;
  /** Settles as soon as this many waits are under way. */
  untilWaiting(count: number): Promise<void>;
}

interface Waiting {
  readonly due: number;
  readonly settle: () => void;
}

/** Creates a clock at a fixed moment, with randomness that always gives the same. */
export function createManualTime(): ManualTime {
  let time = Date.parse("2026-11-22T12:00:00Z");
  const waiting = new Set<Waiting>();
  let watchers: { readonly count: number; readonly settle: () => void }[] = [];
  const notify = () => {
    const met = watchers.filter((watcher) => waiting.size >= watcher.count);
    watchers = watchers.filter((watcher) => !met.includes(watcher));
    for (const watcher of met) watcher.settle();
  };
  return {
    now: () => time,
    random: () => 0.5,
    wait: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const entry = { due: time + milliseconds, settle: resolve };
        waiting.add(entry);
        const leave = () => {
          waiting.delete(entry);
          reject(signal.reason);
        };
        signal.addEventListener("abort", leave, { once: true });
        notify();
      }),
    async advance(milliseconds) {
      const end = time + milliseconds;
      for (;;) {
        await settleIo();
        const [next] = [...waiting].toSorted((one, other) => one.due - other.due);
        if (next === undefined || next.due > end) break;
        time = Math.max(time, next.due);
        waiting.delete(next);
        next.settle();
      }
      time = end;
    },
    untilWaiting: (count) =>
      new Promise((settle) => {
        watchers.push({ count, settle });
        notify();
      }),
  };
}

/** Gives sockets of this process a few turns to deliver what is on its way. */
async function settleIo(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await nextTurn();
}
