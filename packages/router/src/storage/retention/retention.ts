import type { Connection } from "../connection.ts";
import { reasonOf, storageProblemOf } from "../storage-problem.ts";
import type { Schedule } from "../writing/schedule.ts";
import { createDeleteAged, type RetentionDays } from "./age-limits.ts";
import { databaseSize, shrinkSome } from "./database-size.ts";

/** How much history stays. */
export interface RetentionLimits {
  readonly days: RetentionDays;
  /** Size of the database from which on the oldest requests go, bytes; 0 = no limit. */
  readonly bytes: number;
}

/** Deletes what is old, or too much, a few rows at a time. Sums of usage stay when the requests they count go. */
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
/** Between two portions: 5,000 rows a second go at most, as many as come at most. */
const PAUSE_MS = 20;
const ROUND_EVERY_MS = 60_000;
/** Another program's lock, or the thread that writes rows: tried again soon, and told only when it lasts. */
const LOCKED_PAUSE_MS = 1000;
const LOCKED_TRIES = 60;

/** Starts its timer at once; the first round leaves the start in peace. */
export function createRetention(dependencies: RetentionDependencies): Retention {
  const { connection, schedule } = dependencies;
  const deleteSome = createDeleteSome(dependencies);
  const pauseAfterProblem = createProblemPause(dependencies.onProblem);
  const step = (): number => {
    try {
      const isMore = deleteSome() > 0 || shrinkSome(connection);
      pauseAfterProblem.forget();
      return isMore ? PAUSE_MS : ROUND_EVERY_MS;
    } catch (error) {
      return pauseAfterProblem.of(error);
    }
  };
  const round = (): void => {
    cancel = schedule(round, step());
  };
  let cancel = schedule(round, ROUND_EVERY_MS);
  return { deleteSome, close: () => cancel() };
}

function createDeleteSome({ connection, limits, now }: RetentionDependencies): () => number {
  const deleteAged = createDeleteAged(connection);
  const deleteOldest = connection.prepare(
    "DELETE FROM request_traces WHERE id IN (SELECT id FROM request_traces ORDER BY timestamp LIMIT ?)",
  );
  return () => {
    const { days, bytes } = limits();
    const aged = deleteAged(days, now() / 1000, PORTION_ROWS);
    if (aged > 0 || bytes === 0 || databaseSize(connection).used <= bytes) return aged;
    return deleteOldest.run(PORTION_ROWS).changes;
  };
}

function createProblemPause(onProblem: (reason: string) => void) {
  let locked = 0;
  return {
    forget: (): void => {
      locked = 0;
    },
    of: (error: unknown): number => {
      locked = storageProblemOf(error) === "locked" ? locked + 1 : 0;
      if (locked > 0 && locked % LOCKED_TRIES !== 0) return LOCKED_PAUSE_MS;
      onProblem(reasonOf(error));
      return ROUND_EVERY_MS;
    },
  };
}
