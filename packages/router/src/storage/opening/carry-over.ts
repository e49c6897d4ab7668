import { existsSync, rmSync } from "node:fs";
import Sqlite from "better-sqlite3";
import type { Connection } from "../connection.ts";

/** Small tables of what people decided and what was agreed with nodes: nobody can make that again, unlike what is only counted or learned. */
const TABLES: readonly string[] = ["settings_overrides", "nodes", "node_marks", "milestones", "health_marks"];

/**
 * Takes over what can still be read of these tables from a damaged database, which stays as it is. Whoever reads such a row
 * checks it, as after every start. @param from path of the damaged file
 */
export function carryOver(connection: Connection, from: string): void {
  // Reading makes these where there are none, and leaves them.
  const made = ["-wal", "-shm"].map((suffix) => from + suffix).filter((path) => !existsSync(path));
  let damaged: Connection | undefined;
  try {
    damaged = new Sqlite(from, { readonly: true, fileMustExist: true });
    for (const table of TABLES) copyReadable(table, { damaged, connection });
  } catch {
    // Not even the list of its tables can be read.
  } finally {
    damaged?.close();
    for (const path of made) rmSync(path, { force: true });
  }
}

interface Copying {
  readonly damaged: Connection;
  readonly connection: Connection;
}

/** Row by row up to the first that cannot be read. */
function copyReadable(table: string, { damaged, connection }: Copying): void {
  const columns = connection.prepare<[string], string>("SELECT name FROM pragma_table_info(?)").pluck().all(table);
  if (columns.length === 0) return;
  const list = columns.join(", ");
  const insert = connection.prepare(
    `INSERT OR IGNORE INTO ${table} (${list}) VALUES (${columns.map(() => "?").join(", ")})`,
  );
  try {
    for (const row of damaged.prepare<[], unknown[]>(`SELECT ${list} FROM ${table}`).raw().iterate()) insert.run(row);
  } catch {
    // The rest of it is lost.
  }
}
