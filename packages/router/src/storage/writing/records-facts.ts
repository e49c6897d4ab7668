import { statSync } from "node:fs";
import type { HerdDatabase } from "../database.ts";
import { freeSpace } from "../opening/free-space.ts";
import type { Flusher, FlushState } from "./flusher.ts";

/** How the records fare, in numbers. What the file system does not tell is undefined. */
export interface RecordsFacts {
  /** The database file. */
  readonly path: string;
  readonly sizeBytes: number | undefined;
  /** The log beside it, which the next checkpoint moves into it. */
  readonly walBytes: number | undefined;
  /** What may still be written on that disk. */
  readonly freeDiskBytes: number | undefined;
  /** Requests since the start: on disk, lost, waiting. */
  readonly written: number;
  readonly dropped: number;
  readonly pending: number;
  /** End of the oldest stored request, Unix epoch seconds; undefined when there is none or the database cannot be read. */
  readonly oldestRowAt: number | undefined;
  readonly flushState: FlushState;
}

export interface RecordsFactsSources {
  readonly database: Pick<HerdDatabase, "path" | "connection">;
  readonly flusher: Pick<Flusher, "state">;
  readonly counts: () => Pick<RecordsFacts, "written" | "dropped" | "pending">;
}

/** Looks now; takes well under a millisecond. */
export function recordsFacts({ database, flusher, counts }: RecordsFactsSources): RecordsFacts {
  const { path, connection } = database;
  const { written, dropped, pending } = counts();
  const oldest = "SELECT timestamp FROM request_traces ORDER BY timestamp LIMIT 1";
  return {
    path,
    sizeBytes: sizeOf(path),
    walBytes: logSize(path),
    freeDiskBytes: orUndefined(() => freeSpace(path)),
    written,
    dropped,
    pending,
    oldestRowAt: orUndefined(() => connection.prepare<[], number>(oldest).pluck().get()),
    flushState: flusher.state(),
  };
}

/** Size of the log beside a database, bytes. */
const logSize = (path: string): number | undefined => orUndefined(() => sizeOf(`${path}-wal`));

/** How that log fares; what cannot be found out is no trouble of its own. */
export const logState = ({ path, hasItsLog }: Pick<HerdDatabase, "path" | "hasItsLog">) => ({
  logBytes: logSize(path),
  isLogGone: orUndefined(hasItsLog) === false,
});

const sizeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.size;

/** What cannot be found out is not known: why it cannot stands in `flushState`. */
function orUndefined<Value>(find: () => Value): Value | undefined {
  try {
    return find();
  } catch {
    return undefined;
  }
}
