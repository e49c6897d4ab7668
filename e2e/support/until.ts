import { setTimeout as pause } from "node:timers/promises";

/** Pause between two looks, ms. */
const LOOK_EVERY_MS = 20;

/** There is no use in looking again. */
export class Hopeless extends Error {}

/** What is waited for, and for how long at most. */
export interface Expectation<Found> {
  /** For the error: `node a is offline`. */
  readonly what: string;
  /** What was found; undefined and false mean: not yet. An error that it throws is kept and the look repeated, but for `Hopeless`. */
  readonly look: () => Found | undefined | false | Promise<Found | undefined | false>;
  readonly withinMs: number;
}

/** Looks again and again until something is found. @throws Error naming what did not come, with the last error as its cause. */
export async function until<Found>({ what, look, withinMs }: Expectation<Found>): Promise<Found> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const { found, error } = await lookOnce(look);
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`, { cause: error });
    await pause(LOOK_EVERY_MS);
  }
}

async function lookOnce<Found>(look: Expectation<Found>["look"]) {
  try {
    return { found: await look(), error: undefined };
  } catch (error) {
    if (error instanceof Hopeless) throw error;
    return { found: undefined, error };
  }
}

/** A promise with a bound, for events that must come. @throws Error naming what did not come. */
export async function within<Value>(what: string, withinMs: number, promise: Promise<Value>): Promise<Value> {
  const tooLate = new AbortController();
  const bound = pause(withinMs, undefined, { signal: tooLate.signal }).then(() => {
    throw new Error(`not within ${withinMs} ms: ${what}`);
  });
  try {
    return await Promise.race([promise, bound]);
  } finally {
    tooLate.abort();
    bound.catch(() => undefined);
  }
}
