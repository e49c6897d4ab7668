import type { Connection } from "../connection.ts";
import { type CountCell, type HourCell, newCountCell, newHourCell } from "./usage-cells.ts";
import { mergedSketches, type Sketches } from "./usage-sketches.ts";

/** Which cell of `usage_hourly`. */
export interface HourKey {
  /** Beginning of the UTC hour, Unix epoch seconds. */
  readonly hour: number;
  readonly node: string;
  readonly model: string;
  readonly kind: string;
  readonly traffic: string;
}

/** Which cell of `usage_sketches`. */
export interface DayKey {
  /** Beginning of the UTC day, Unix epoch seconds. */
  readonly day: number;
  readonly node: string;
  readonly model: string;
  readonly traffic: string;
}

/** Which cell of `usage_tags_hourly`. */
export interface TagKey {
  readonly hour: number;
  readonly tag: string;
  readonly traffic: string;
}

/** The usage tables of one connection. Everything runs inside the caller's transaction. */
export interface UsageTables {
  addHour(key: HourKey, cell: HourCell): void;
  addTag(key: TagKey, cell: CountCell): void;
  addSketches(key: DayKey, sketches: Sketches): void;
  /** Every row up to this id is summed up. */
  progress(): number;
  setProgress(lastId: number): void;
  /** Models of requests that reached no node, in this hour; in this day; tags of this hour. */
  readonly lostModels: (hour: number) => readonly string[];
  readonly lostModelsOfDay: (day: number) => readonly string[];
  readonly tags: (hour: number) => readonly string[];
}

/** Prepares the statements; the tables must be there. */
export function createUsageTables(connection: Connection): UsageTables {
  const addHour = connection.prepare(
    upsert("usage_hourly", ["hour", "node_id", "model", "kind", "traffic"], Object.keys(newHourCell(0))),
  );
  const addTag = connection.prepare(
    upsert("usage_tags_hourly", ["hour", "tag", "traffic"], Object.keys(newCountCell(0))),
  );
  const names = (query: string) => {
    const statement = connection.prepare<[number], string>(query).pluck();
    return (scope: number): readonly string[] => statement.all(scope);
  };
  return {
    addHour: ({ hour, node, model, kind, traffic }, cell) =>
      void addHour.run([hour, node, model, kind, traffic, ...Object.values(cell)]),
    addTag: ({ hour, tag, traffic }, cell) => void addTag.run([hour, tag, traffic, ...Object.values(cell)]),
    addSketches: createAddSketches(connection),
    ...createProgress(connection),
    lostModels: names("SELECT DISTINCT model FROM usage_hourly WHERE hour = ? AND node_id = ''"),
    lostModelsOfDay: names("SELECT DISTINCT model FROM usage_sketches WHERE day = ? AND node_id = ''"),
    tags: names("SELECT DISTINCT tag FROM usage_tags_hourly WHERE hour = ?"),
  };
}

function createAddSketches(connection: Connection): UsageTables["addSketches"] {
  const find = connection
    .prepare<[number, string, string, string], string>(
      "SELECT sketches FROM usage_sketches WHERE day = ? AND node_id = ? AND model = ? AND traffic = ?",
    )
    .pluck();
  const put = connection.prepare(
    `INSERT INTO usage_sketches (day, node_id, model, traffic, sketches) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (day, node_id, model, traffic) DO UPDATE SET sketches = excluded.sketches`,
  );
  return ({ day, node, model, traffic }, sketches) => {
    put.run(day, node, model, traffic, mergedSketches(find.get(day, node, model, traffic), sketches));
  };
}

function createProgress(connection: Connection): Pick<UsageTables, "progress" | "setProgress"> {
  const read = connection.prepare<[], number>("SELECT last_id FROM usage_progress").pluck();
  const write = connection.prepare(
    `INSERT INTO usage_progress (part, last_id) VALUES ('request_traces', ?)
     ON CONFLICT (part) DO UPDATE SET last_id = max(last_id, excluded.last_id)`,
  );
  return { progress: () => read.get() ?? 0, setProgress: (lastId) => void write.run(lastId) };
}

/** How a stored value and a new one become one; every other column is a sum. */
const extremes: Readonly<Record<string, "min" | "max">> = {
  first_seen: "min",
  last_seen: "max",
  latency_min: "min",
  latency_max: "max",
};

function upsert(table: string, keys: readonly string[], sums: readonly string[]): string {
  const columns = [...keys, ...sums];
  const changes = sums.map((column) => `${column} = ${merged(column, extremes[column])}`);
  return `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})
    ON CONFLICT (${keys.join(", ")}) DO UPDATE SET ${changes.join(", ")}`;
}

/** `min` and `max` of SQLite are null as soon as one value is. */
const merged = (column: string, extreme: "min" | "max" | undefined): string =>
  extreme === undefined
    ? `${column} + excluded.${column}`
    : `${extreme}(coalesce(${column}, excluded.${column}), coalesce(excluded.${column}, ${column}))`;
