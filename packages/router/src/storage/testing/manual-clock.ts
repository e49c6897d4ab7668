import type { Schedule } from "../writing/schedule.ts";

/** Time that passes only when a test says so. */
export interface ManualClock {
  readonly monotonic: () => number;
  readonly schedule: Schedule;
  /** Lets time pass and runs what falls due, in order. */
  advance(ms: number): void;
  /** Lets time pass within one piece of work: nothing runs meanwhile. */
  spend(ms: number): void;
  /** Timers that are set. */
  timers(): number;
}

interface Timer {
  readonly dueAt: number;
  readonly run: () => void;
}

export function createManualClock(): ManualClock {
  let now = 0;
  const timers = new Set<Timer>();
  const next = (until: number): Timer | undefined =>
    [...timers].filter((timer) => timer.dueAt <= until).sort((a, b) => a.dueAt - b.dueAt)[0];
  return {
    monotonic: () => now,
    schedule: (run, afterMs) => {
      const timer: Timer = { dueAt: now + afterMs, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance: (ms) => {
      const until = now + ms;
      for (let timer = next(until); timer !== undefined; timer = next(until)) {
        timers.delete(timer);
        now = Math.max(now, timer.dueAt);
        timer.run();
      }
      now = until;
    },
    spend: (ms) => {
      now += ms;
    },
    timers: () => timers.size,
  };
}
