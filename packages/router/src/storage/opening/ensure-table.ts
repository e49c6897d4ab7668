import type { Connection } from "../connection.ts";

/** What a table must have. A missing table is made; of an existing one only missing columns and indexes are added. */
export interface TableShape {
  readonly name: string;
  /** Column name to SQL type and constraints, in order. A column added later must be nullable or have a default. */
  readonly columns: Readonly<Record<string, string>>;
  /** Constraints over several columns; used only when the table is made. */
  readonly constraints?: readonly string[];
  /** Table options, for example `WITHOUT ROWID`; used only when the table is made. */
  readonly tableOptions?: string;
  /** Columns of each index. An equal index under any name serves. */
  readonly indexes: readonly (readonly string[])[];
}

/** Brings a table to its shape, without touching what is there. Runs in the caller's transaction. */
export function ensureTable(connection: Connection, shape: TableShape): void {
  const present = columnsOf(connection, shape.name);
  if (present.size === 0) connection.exec(createStatement(shape));
  else addColumns(connection, { shape, present });
  for (const columns of shape.indexes) ensureIndex(connection, { table: shape.name, columns });
}

function createStatement({ name, columns, constraints = [], tableOptions = "" }: TableShape): string {
  const parts = [...Object.entries(columns).map(([column, type]) => `${column} ${type}`), ...constraints];
  return `CREATE TABLE ${name} (${parts.join(", ")}) ${tableOptions}`;
}

interface AddColumns {
  readonly shape: TableShape;
  readonly present: ReadonlySet<string>;
}

/** SQLite compares column names without regard to case. */
function addColumns(connection: Connection, { shape, present }: AddColumns): void {
  for (const [column, type] of Object.entries(shape.columns)) {
    if (!present.has(column.toLowerCase())) connection.exec(`ALTER TABLE ${shape.name} ADD COLUMN ${column} ${type}`);
  }
}

interface WantedIndex {
  readonly table: string;
  readonly columns: readonly string[];
}

function ensureIndex(connection: Connection, { table, columns }: WantedIndex): void {
  if (indexesOf(connection, table).has(columns.join(","))) return;
  connection.exec(`CREATE INDEX herd_${table}_${columns.join("_")} ON ${table} (${columns.join(", ")})`);
}

function columnsOf(connection: Connection, table: string): ReadonlySet<string> {
  const names = connection.prepare<[string], string>("SELECT lower(name) FROM pragma_table_info(?)").pluck();
  return new Set(names.all(table));
}

/** The column lists of all whole-table indexes. */
function indexesOf(connection: Connection, table: string): ReadonlySet<string> {
  const lists = connection
    .prepare<[string], string>(
      `SELECT (SELECT group_concat(name) FROM (SELECT name FROM pragma_index_info(list.name) ORDER BY seqno))
       FROM pragma_index_list(?) AS list WHERE list.partial = 0`,
    )
    .pluck();
  return new Set(lists.all(table));
}
