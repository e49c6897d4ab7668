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

/** Rows that are too old. Instants are Unix epoch seconds. */
export interface AgedRows {
  /** There are some. */
  isDue(limits: RetentionDays, now: number): boolean;
  /** Deletes so many of them at most; returns how many went. */
  delete(limits: RetentionDays, now: number, most: number): number;
}

const DAY_S = 86_400;

/** Prepares two statements per table; views are left alone. */
export function createAgedRows(connection: Connection): AgedRows {
  const isTable = connection.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?");
  const kinds = tables
    .filter(({ table }) => isTable.get(table) !== undefined)
    .map((aged) => ({
      days: aged.days,
      look: connection.prepare(`SELECT 1 FROM ${aged.table} WHERE ${beyond(aged)} LIMIT 1`),
      deletion: connection.prepare(deletion(aged)),
    }));
  return {
    isDue: (limits, now) =>
      kinds.some(({ days, look }) => days(limits) > 0 && look.get(now - days(limits) * DAY_S) !== undefined),
    delete: (limits, now, most) => {
      let left = most;
      for (const { days, deletion } of kinds) {
        const kept = days(limits);
        if (kept > 0 && left > 0) left -= deletion.run(now - kept * DAY_S, left).changes;
      }
      return most - left;
    },
  };
}

const beyond = ({ column, only = "1" }: AgedTable): string => `${column} < ? AND ${only}`;

/** By the primary key, whatever it is: tables without row ids have no `LIMIT` otherwise. */
function deletion(aged: AgedTable): string {
  const { table, column } = aged;
  const key = keys[table] ?? "id";
  return `DELETE FROM ${table} WHERE (${key}) IN
    (SELECT ${key} FROM ${table} WHERE ${beyond(aged)} ORDER BY ${column} LIMIT ?)`;
}

const keys: Readonly<Record<string, string>> = {
  usage_hourly: "hour, node_id, model, kind, traffic",
  usage_tags_hourly: "hour, tag, traffic",
  usage_sketches: "day, node_id, model, traffic",
  node_energy: "day, node_id",
};
