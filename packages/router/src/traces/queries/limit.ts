/** Rows of one answer at most: reading blocks the thread that relays streams. */
const MOST_ROWS = 1000;

/** A limit as asked, brought to a whole number from 1 to 1,000. */
export const boundedLimit = (asked: number): number =>
  Number.isFinite(asked) ? Math.min(Math.max(Math.trunc(asked), 1), MOST_ROWS) : MOST_ROWS;
