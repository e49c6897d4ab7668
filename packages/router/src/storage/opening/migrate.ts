import type { Connection } from "../connection.ts";
import { ensureTable, type TableShape } from "./ensure-table.ts";

/** One step forward of the schema. Steps are never changed once released, and there is no way back. */
export interface Migration {
  /** 1 for the first; `user_version` of the database after it. */
  readonly version: number;
  readonly name: string;
  /** What must be there afterwards. */
  readonly tables: readonly TableShape[];
  /** Fills what was made from what is there, in the same transaction. */
  readonly fill?: (connection: Connection) => void;
}

/** The version of the schema; 0 for an empty file and for databases of the predecessor. */
export function schemaVersion(connection: Connection): number {
  return Number(connection.pragma("user_version", { simple: true }));
}

/** Runs the missing steps, each in a transaction of its own: a step is done whole or not at all. */
export function migrate(connection: Connection, migrations: readonly Migration[]): void {
  const step = connection.transaction((migration: Migration) => {
    // Read under the write lock: another process may have taken this step meanwhile.
    if (schemaVersion(connection) >= migration.version) return;
    for (const table of migration.tables) ensureTable(connection, table);
    migration.fill?.(connection);
    connection.pragma(`user_version = ${migration.version}`);
  });
  for (const migration of migrations) step.immediate(migration);
}
