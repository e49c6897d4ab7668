import { setImmediate as nextTurn } from "node:timers/promises";

/** Settles as soon as `isMet` holds; looks again at each turn of the event loop. The test's own limit ends it. */
export async function until(isMet: () => boolean): Promise<void> {
  while (!isMet()) await nextTurn();
}
