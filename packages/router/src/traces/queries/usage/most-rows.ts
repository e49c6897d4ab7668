/** Rows of one answer at most: some MB of JSON. */
export const MOST_ROWS = 20_000;

/** The rows of a statement that was asked for one more than there may be. */
export function whole<Row>(rows: readonly Row[]): { readonly rows: readonly Row[]; readonly isWhole: boolean } {
  return { rows: rows.slice(0, MOST_ROWS), isWhole: rows.length <= MOST_ROWS };
}
