import type { TraceRow } from "./trace-row.ts";

/** Which rows were seen already, so that each is shown once. */
export interface SeenRows {
  readonly isEmpty: () => boolean;
  /** From when on rows are to be asked for, Unix epoch seconds; nothing before the first. */
  readonly since: () => { readonly since?: number };
  /** Those that were not seen before; all of them are from now on. @param now Unix epoch seconds */
  readonly newOf: (rows: readonly TraceRow[], now: number) => readonly TraceRow[];
}

/** A row is written shortly after its request has ended, and not always in the order of the ends. */
const OVERLAP_S = 10;

/** Remembers rows by id and end, as long as the router may tell them again; clients may use an id twice. */
export function createSeenRows(): SeenRows {
  const seen = new Map<string, number>();
  let newest: number | undefined;
  return {
    isEmpty: () => newest === undefined,
    since: () => (newest === undefined ? {} : { since: newest - OVERLAP_S }),
    newOf: (rows, now) => {
      const oldest = (newest ?? 0) - OVERLAP_S;
      const unseen = rows.filter((row) => !seen.has(keyOf(row)) && row.timestamp >= oldest);
      for (const row of unseen) seen.set(keyOf(row), row.timestamp);
      newest = Math.max(newest ?? 0, ...unseen.map((row) => row.timestamp)) || now;
      for (const [key, at] of seen) if (at < newest - 2 * OVERLAP_S) seen.delete(key);
      return unseen;
    },
  };
}

const keyOf = (row: TraceRow): string => `${row.request_id} ${row.timestamp}`;
