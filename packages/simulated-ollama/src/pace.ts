import { setImmediate as nextTurn } from "node:timers/promises";
import type { Surroundings } from "./surroundings.ts";

/** The times of the simulation: real ones for the wall clock, scaled ones for what the machine does. */
export interface Pace extends Pick<Surroundings, "now" | "wait"> {
  /** How much the machine's times are stretched; 0 = they take no time. */
  readonly scale: number;
  /** Lasts as long as `milliseconds` of the machine's time. Rejects with an AbortError when `signal` is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Lasts until the wall clock shows `time`; gives other work a turn in any case. Rejects as `sleep` does. */
  until(time: number, signal: AbortSignal): Promise<void>;
}

/** A pace over a clock. */
export function createPace(scale: number, surroundings: Surroundings): Pace {
  const { now, wait } = surroundings;
  const until = async (time: number, signal: AbortSignal): Promise<void> => {
    const rest = time - now();
    // A timer fires up to a millisecond late: short waits would add up to a slower machine than described.
    if (rest >= 0.5) return await wait(rest, signal);
    await nextTurn();
    signal.throwIfAborted();
  };
  return { now, wait, scale, until, sleep: (milliseconds, signal) => until(now() + milliseconds * scale, signal) };
}
