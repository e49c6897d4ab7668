import type { Connection } from "./connection.ts";
import { reasonOf } from "./storage-problem.ts";
import type { Schedule } from "./writing/schedule.ts";

/** How much history stays; 0 = no limit. */
export interface RetentionLimits {
  /** Age of the oldest row, days. */
  readonly days: number;
  /** Requests, newest first. */
  readonly rows: number;
}

/** Deletes old requests now and then, a few rows at a time. */
export interface Retention {
  /** Deletes one small portion of what is beyond the limits. Returns how many rows went; 0 = nothing is left to delete. */
  deleteSome(): number;
  /** Stops the timer. */
  close(): void;
}

export interface RetentionDependencies {
  readonly connection: Connection;
  /** Asked anew each time, so that a changed setting takes effect. */
  readonly limits: () => RetentionLimits;
  /** Unix epoch ms. */
  readonly now: () => number;
  readonly schedule: Schedule;
  /** Told why a portion could not be deleted; the next round tries again. */
  readonly onProblem: (reason: string) => void;
}

/** Rows of one portion: few enough to block for some ms at most. */
const PORTION_ROWS = 100;
const PAUSE_MS = 50;
const ROUND_EVERY_MS = 3600_000;
/** The first round leaves the start in peace. */
const FIRST_ROUND_MS = 60_000;
const DAY_S = 86_400;
const tables = ["request_traces", "latency_observations"] as const;

/** Starts its timer at once. */
export function createRetention(dependencies: RetentionDependencies): Retention {
  const { connection, limits, now, schedule, onProblem } = dependencies;
  const deleters = tables.map((table) => createDeleter(connection, table));
  const deleteSome = (): number => {
    const { days, rows } = limits();
    const before = days > 0 ? now() / 1000 - days * DAY_S : Number.NEGATIVE_INFINITY;
    return deleters.reduce((sum, deleter) => sum + deleter({ before, rows }), 0);
  };
  const round = (): void => {
    cancel = schedule(round, nextPause(deleteSome, onProblem));
  };
  let cancel = schedule(round, FIRST_ROUND_MS);
  return { deleteSome, close: () => cancel() };
}

function nextPause(deleteSome: () => number, onProblem: (reason: string) => void): number {
  try {
    return deleteSome() > 0 ? PAUSE_MS : ROUND_EVERY_MS;
  } catch (error) {
    onProblem(reasonOf(error));
    return ROUND_EVERY_MS;
  }
}

interface Beyond {
  /** Unix epoch seconds. */
  readonly before: number;
  readonly rows: number;
}

/** Row ids grow with time, so the newest N rows lie above the greatest id − N: no count over the whole table. */
function createDeleter(connection: Connection, table: (typeof tables)[number]): (beyond: Beyond) => number {
  const byAge = connection.prepare(
    `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE timestamp < ? ORDER BY timestamp LIMIT ?)`,
  );
  const byCount = connection.prepare(
    `DELETE FROM ${table} WHERE id IN
     (SELECT id FROM ${table} WHERE id <= (SELECT max(id) FROM ${table}) - ? ORDER BY id LIMIT ?)`,
  );
  return ({ before, rows }) => {
    const old = byAge.run(before, PORTION_ROWS).changes;
    return rows > 0 ? old + byCount.run(rows, PORTION_ROWS).changes : old;
  };
}
