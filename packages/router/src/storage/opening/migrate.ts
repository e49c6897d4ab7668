import type { Connection } from "../connection.ts";
import { ensureTable, type TableShape } from "./ensure-table.ts";
import { prepareRestoring } from "./restore-tables.ts";

/** One step forward of the schema. Steps are never changed once released, and there is no way back. */
export interface Migration {
  /** 1 for the first; `user_version` of the database after it. */
  readonly version: number;
  readonly name: string;
  /** What must be there afterwards. */
  readonly tables: readonly TableShape[];
  /** Tables that `fill` makes, beyond these. */
  readonly alsoMakes?: readonly string[];
  /** Fills what was made from what is there, in the same transaction. Taken again it changes nothing. */
  readonly fill?: (connection: Connection) => void;
}

/** The version of the schema; 0 for an empty file and for databases of the predecessor. */
export function schemaVersion(connection: Connection): number {
  return Number(connection.pragma("user_version", { simple: true }));
}

/** Runs the missing steps, each in a transaction of its own: a step is done whole or not at all. Tables that were dropped are made anew. */
export function migrate(connection: Connection, migrations: readonly Migration[]): void {
  connection.transaction(restore).immediate(connection, migrations);
  const step = connection.transaction((migration: Migration) => {
    // Read under the write lock: another process may have taken this step meanwhile.
    if (schemaVersion(connection) < migration.version) take(connection, migration);
  });
  for (const migration of migrations) step.immediate(migration);
}

function restore(connection: Connection, migrations: readonly Migration[]): void {
  const taken = migrations.filter(({ version }) => version <= schemaVersion(connection));
  const names = taken.flatMap(({ tables, alsoMakes = [] }) => [...tables.map(({ name }) => name), ...alsoMakes]);
  if (prepareRestoring(connection, names)) for (const migration of taken) take(connection, migration);
}

function take(connection: Connection, { tables, fill, version }: Migration): void {
  for (const table of tables) ensureTable(connection, table);
  fill?.(connection);
  connection.pragma(`user_version = ${version}`);
}
