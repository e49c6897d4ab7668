import { setTimeout as sleep } from "node:timers/promises";

/** What the simulation takes from outside: time and chance. */
export interface Surroundings {
  /** Milliseconds since the epoch, with a fraction. */
  now(): number;
  /** Settles after this many milliseconds. Rejects with an AbortError when `signal` is aborted. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Numbers from 0 up to 1. */
  random(): number;
}

/**
 * The clock of this machine, finer than a millisecond, and ordinary randomness. Waiting never keeps the process alive:
 * the open port does that.
 */
export const systemSurroundings: Surroundings = {
  now: () => performance.timeOrigin + performance.now(),
  wait: (milliseconds, signal) => sleep(milliseconds, undefined, { signal, ref: false }),
  random: () => Math.random(),
};
