/** What a signal asks of a program: to end in order, to end at once, or nothing new. */
export type EndingOrder = "in-order" | "at-once" | "nothing";

/** Signals this close to the first one are the same press of Ctrl-C: terminals and npm deliver it several times, ms. */
const SAME_PRESS_MS = 250;

/**
 * Builds the rule for signals that ask a program to end, whatever their kind: the first one lets it end in order, a later
 * one ends it at once. @param monotonic ms, never going back
 */
export function createSignalRule(monotonic: () => number): () => EndingOrder {
  let firstAt: number | undefined;
  return () => {
    const now = monotonic();
    if (firstAt === undefined) {
      firstAt = now;
      return "in-order";
    }
    return now - firstAt > SAME_PRESS_MS ? "at-once" : "nothing";
  };
}
