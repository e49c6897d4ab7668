import type { Connection } from "../connection.ts";
import { createAgedRows, type RetentionDays } from "./age-limits.ts";
import { databaseSize, hasSpaceToGive, shrinkSome } from "./database-size.ts";

/** How much history stays. */
export interface RetentionLimits {
  readonly days: RetentionDays;
  /** Size of the database from which on the oldest requests go, bytes; 0 = no limit. */
  readonly bytes: number;
}

/** What is beyond the limits, a little at a time, so that nobody waits long for its lock. @throws the database's error */
export interface Portions {
  /** Something is to be deleted, or space to be given back. Reads a page or two. */
  isDue(order: PortionOrder): boolean;
  /** Deletes some rows or, when none is to go, gives some space back. Returns whether it did. */
  take(order: PortionOrder): boolean;
}

/** What one portion goes by. */
export interface PortionOrder {
  readonly limits: RetentionLimits;
  /** Unix epoch seconds. */
  readonly now: number;
}

/** Rows of one portion. */
const PORTION_ROWS = 100;

/** Prepares its statements on this connection. */
export function createPortions(connection: Connection): Portions {
  const aged = createAgedRows(connection);
  const deleteOldest = connection.prepare(
    "DELETE FROM request_traces WHERE id IN (SELECT id FROM request_traces ORDER BY timestamp LIMIT ?)",
  );
  const isTooLarge = ({ bytes }: RetentionLimits): boolean => bytes > 0 && databaseSize(connection).used > bytes;
  const hasRows = connection.prepare("SELECT 1 FROM request_traces LIMIT 1");
  const mustShrink = (limits: RetentionLimits): boolean => isTooLarge(limits) && hasRows.get() !== undefined;
  return {
    isDue: ({ limits, now }) => aged.isDue(limits.days, now) || mustShrink(limits) || hasSpaceToGive(connection),
    take: ({ limits, now }) => {
      if (aged.delete(limits.days, now, PORTION_ROWS) > 0) return true;
      if (isTooLarge(limits) && deleteOldest.run(PORTION_ROWS).changes > 0) return true;
      return shrinkSome(connection);
    },
  };
}
