import type Sqlite from "better-sqlite3";

/** An open SQLite connection. Synchronous: every call blocks the event loop until it returns. */
export type Connection = Sqlite.Database;

/** What SQLite takes as the value of a column here. */
export type SqlValue = string | number | null;

/** `INSERT` of one row, its values taken by place. Table and column names are ours, never a client's. */
export function insertStatement(table: string, columns: readonly string[]): string {
  const places = columns.map(() => "?");
  return `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places.join(", ")})`;
}

/** Log files that grew under a long reader shrink to this size afterwards, bytes. It has to be told to each connection that writes. */
export const LOG_SIZE_LIMIT = 16 * 2 ** 20;
