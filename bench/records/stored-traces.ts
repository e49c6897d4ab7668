import { join } from "node:path";
import openDatabase, { type Database } from "better-sqlite3";

/** How many requests ended how, the most frequent end first. */
export interface EndCount {
  /** The stored status, and the error code where there is one. */
  readonly end: string;
  readonly count: number;
}

/** What is stored about the ends of all requests. @param folder the router's data folder */
export const storedEnds = (folder: string): readonly EndCount[] =>
  withTraces(folder, (database) =>
    database
      .prepare<[], EndCount>(
        `SELECT status || coalesce(' ' || error_code, '') AS end, count(*) AS count
         FROM request_traces GROUP BY 1 ORDER BY 2 DESC`,
      )
      .all(),
  );

/** Opens the router's records for reading, while the router runs or after it. */
export function withTraces<Result>(folder: string, read: (database: Database) => Result): Result {
  const database = openDatabase(join(folder, "latency.db"), { readonly: true });
  try {
    return read(database);
  } finally {
    database.close();
  }
}
