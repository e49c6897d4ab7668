/**
 * Sums of whole days in a temporary table of the asking connection. A day that is over does not change any more, so it is
 * summed up once and not for every question: a year of hours is some hundred thousand rows, its days a twenty-fourth.
 */
import type { Connection } from "../../../storage/connection.ts";
import { newHourCell } from "../../../storage/usage/usage-cells.ts";
import { type UsageQuestion, type UsageRange, usageRange, wholeDays } from "./usage-range.ts";

/** Brings a question to its range and makes sure that the days in it are summed up. */
export type PrepareDays = (question: UsageQuestion) => UsageRange;

/** Columns that are no sums. */
const extremes: Readonly<Record<string, "min" | "max">> = {
  first_seen: "min",
  last_seen: "max",
  latency_min: "min",
  latency_max: "max",
};
const columns = Object.keys(newHourCell(0));

/** The column of a group of cells: their sum, or the extreme of it. */
const merged = (column: string): string => `${extremes[column] ?? "sum"}(${column}) AS ${column}`;

/** After so long they are summed up anew: retention deletes what is old, s. */
const KEPT_FOR_S = 3600;

const table = `CREATE TEMP TABLE IF NOT EXISTS usage_days (day INTEGER NOT NULL, node_id TEXT NOT NULL, model TEXT NOT NULL,
  kind TEXT NOT NULL, ${columns.join(", ")}, PRIMARY KEY (day, node_id, model, kind)) WITHOUT ROWID`;

/** Sums up one day of real work. */
export const DAY_SUM = `INSERT OR REPLACE INTO temp.usage_days (day, node_id, model, kind, ${columns.join(", ")})
  SELECT @day, node_id, model, kind, ${columns.map(merged).join(", ")} FROM main.usage_hourly
  WHERE hour >= @day AND hour < @day + 86400 AND traffic = '' GROUP BY node_id, model, kind`;

/**
 * The cells of real work in a range, in a subquery: whole days from their sums, the rest from hours. `bucket` is the beginning of a cell's day.
 * @param wanted columns of `usage_hourly`, ours
 */
export function cellsOf(wanted: readonly string[]): string {
  const list = ["node_id", "model", "kind", ...wanted].join(", ");
  const hours = `SELECT hour / 86400 * 86400 AS bucket, ${list} FROM main.usage_hourly WHERE traffic = '' AND`;
  return `(SELECT day AS bucket, ${list} FROM temp.usage_days WHERE day >= @firstDay AND day < @lastDay
    UNION ALL ${hours} hour >= @fromHour AND hour < @firstDay
    UNION ALL ${hours} hour >= @lastDay AND hour < @toHour)`;
}

const prepared = new WeakMap<Connection, PrepareDays>();

/** One for each connection: all questions share the days that are summed up. */
export function daySums(connection: Connection): PrepareDays {
  const found = prepared.get(connection) ?? createDaySums(connection);
  prepared.set(connection, found);
  return found;
}

function createDaySums(connection: Connection): PrepareDays {
  connection.exec(table);
  const sumUp = connection.prepare<[{ readonly day: number }]>(DAY_SUM);
  const known = new Set<number>();
  let begunAt = Number.NEGATIVE_INFINITY;
  const forgetOld = (now: number): void => {
    if (Math.abs(now - begunAt) < KEPT_FOR_S) return;
    connection.exec("DELETE FROM temp.usage_days");
    known.clear();
    begunAt = now;
  };
  const fill = connection.transaction((days: readonly number[]) => {
    for (const day of days) sumUp.run({ day });
  });
  return (question) => {
    forgetOld(question.now);
    const range = usageRange(question);
    const missing = [...wholeDays(range)].filter((day) => !known.has(day));
    if (missing.length > 0) fill(missing);
    for (const day of missing) known.add(day);
    return range;
  };
}
