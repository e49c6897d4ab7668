import { storedEnds, withTraces } from "../records/stored-traces.ts";

/** What the bench knows of a request by its number: it must have left a row, may have, or must not. */
export type Expectation = "one" | "one-or-none" | "none";

/** Requests and their rows, held against each other. */
export interface RowCheck {
  readonly right: number;
  readonly missing: number;
  /** With more than one row. */
  readonly repeated: number;
  /** Rows of requests that leave none. */
  readonly unasked: number;
  /** Ids of some that are wrong. */
  readonly examples: readonly string[];
  /** How many rows tell of which end. */
  readonly ends: readonly { readonly end: string; readonly count: number }[];
}

/** Ids of the soak's requests begin so, and end with their number. */
export const ID_PREFIX = "soak-";

/** Reads the records of a router. @param expected by the number of the request */
export function checkRows(dataDir: string, expected: readonly Expectation[]): RowCheck {
  const counts = withTraces(dataDir, (database) => {
    const rows = database
      .prepare<[string], { readonly id: string; readonly count: number }>(
        "SELECT request_id AS id, count(*) AS count FROM request_traces WHERE request_id LIKE ? GROUP BY request_id",
      )
      .all(`${ID_PREFIX}%`);
    return new Map(rows.map(({ id, count }) => [id, count]));
  });
  return { ...compareRows(expected, (id) => counts.get(id) ?? 0), ends: storedEnds(dataDir) };
}

const MOST_EXAMPLES = 5;

/** @param rowsOf rows under an id */
export function compareRows(expected: readonly Expectation[], rowsOf: (id: string) => number): Omit<RowCheck, "ends"> {
  const counts = { right: 0, missing: 0, repeated: 0, unasked: 0 };
  const examples: string[] = [];
  for (const [at, expectation] of expected.entries()) {
    const id = `${ID_PREFIX}${at}`;
    const verdict = verdictOn(expectation, rowsOf(id));
    counts[verdict] += 1;
    if (verdict !== "right" && examples.length < MOST_EXAMPLES) examples.push(id);
  }
  return { ...counts, examples };
}

function verdictOn(expectation: Expectation, rows: number): "right" | "missing" | "repeated" | "unasked" {
  if (rows > 1) return "repeated";
  if (rows === 0) return expectation === "one" ? "missing" : "right";
  return expectation === "none" ? "unasked" : "right";
}
