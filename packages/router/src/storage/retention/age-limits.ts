import type { Connection } from "../connection.ts";

/** How long what stays, days; 0 = for ever. */
export interface RetentionDays {
  /** Requests, their attempts and observations. */
  readonly traces: number;
  /** Sums of usage and energy, and benchmark runs. */
  readonly usage: number;
}

/** Rows of one table that are deleted by age. */
interface AgedTable {
  readonly table: string;
  /** Column that tells a row's age, Unix epoch seconds; the first of an index. */
  readonly column: string;
  readonly days: (limits: RetentionDays) => number;
  /** Further condition. */
  readonly only?: string;
}

/** What happened to the fleet is kept for a year, and texts about its state for a quarter. */
const EVENT_DAYS = 365;
const BRIEFING_DAYS = 90;

const tables: readonly AgedTable[] = [
  { table: "request_traces", column: "timestamp", days: ({ traces }) => traces },
  { table: "latency_observations", column: "timestamp", days: ({ traces }) => traces },
  { table: "usage_hourly", column: "hour", days: ({ usage }) => usage },
  { table: "usage_tags_hourly", column: "hour", days: ({ usage }) => usage },
  { table: "usage_sketches", column: "day", days: ({ usage }) => usage },
  { table: "node_energy", column: "day", days: ({ usage }) => usage },
  { table: "benchmark_runs", column: "timestamp", days: ({ usage }) => usage },
  // A finding that still holds is no history.
  { table: "health_history", column: "began_at", days: () => EVENT_DAYS, only: "ended_at IS NOT NULL" },
  { table: "model_events", column: "timestamp", days: () => EVENT_DAYS },
  { table: "fleet_briefings", column: "timestamp", days: () => BRIEFING_DAYS },
];

/** Deletes up to so many rows that are too old. @param now Unix epoch seconds. Returns how many went. */
export type DeleteAged = (limits: RetentionDays, now: number, most: number) => number;

const DAY_S = 86_400;

/** Prepares one statement per table; views are left alone. */
export function createDeleteAged(connection: Connection): DeleteAged {
  const isTable = connection.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?");
  const deleters = tables
    .filter(({ table }) => isTable.get(table) !== undefined)
    .map((aged) => ({ days: aged.days, statement: connection.prepare(deletion(aged)) }));
  return (limits, now, most) => {
    let left = most;
    for (const { days, statement } of deleters) {
      const kept = days(limits);
      if (kept > 0 && left > 0) left -= statement.run(now - kept * DAY_S, left).changes;
    }
    return most - left;
  };
}

/** By the primary key, whatever it is: tables without row ids have no `LIMIT` otherwise. */
function deletion({ table, column, only = "1" }: AgedTable): string {
  const key = keys[table] ?? "id";
  return `DELETE FROM ${table} WHERE (${key}) IN
    (SELECT ${key} FROM ${table} WHERE ${column} < ? AND ${only} ORDER BY ${column} LIMIT ?)`;
}

const keys: Readonly<Record<string, string>> = {
  usage_hourly: "hour, node_id, model, kind, traffic",
  usage_tags_hourly: "hour, tag, traffic",
  usage_sketches: "day, node_id, model, traffic",
  node_energy: "day, node_id",
};
