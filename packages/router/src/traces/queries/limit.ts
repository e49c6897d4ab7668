/** Rows of one answer at most: reading blocks the thread that relays streams. */
const MOST_ROWS = 1000;

/** A limit as asked, brought to a whole number from 1 to 1,000. */
const boundedLimit = (asked: number): number =>
  Number.isFinite(asked) ? Math.min(Math.max(Math.trunc(asked), 1), MOST_ROWS) : MOST_ROWS;

/** A question for the newest rows. */
export interface RowsQuestion {
  /** Brought to 1–1,000. */
  readonly limit: number;
  /** Rows of the demo, too; default true. */
  readonly withSimulated?: boolean;
}

/** The condition that leaves rows of the demo out when `@demo` is 0; rows of older programs have no mark. */
export const demoCondition = "(simulated IS NOT 1 OR @demo = 1)";

/** The parameters of a question's statement. */
export const rowsParameters = ({ limit, withSimulated = true }: RowsQuestion): { limit: number; demo: number } => ({
  limit: boundedLimit(limit),
  demo: withSimulated ? 1 : 0,
});
