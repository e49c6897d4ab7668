import { openDatabase } from "../storage/database.ts";
import { noteSetAside } from "../storage/opening/set-aside.ts";
import { isRowFault, type StorageProblem } from "../storage/storage-problem.ts";
import type { FlushState } from "../storage/writing/flusher.ts";
import type { TraceInput } from "./trace-input.ts";
import { createTraceWriter } from "./trace-writer.ts";

/** What is to be written, and where. */
export interface RecordAnew {
  /** What kept it from being written. */
  readonly state: FlushState;
  /** Of the database, which nobody has open any more. */
  readonly path: string;
  /** Unix epoch ms. */
  readonly now: () => number;
  readonly traces: readonly TraceInput[];
}

/** How many are on disk, and what kept the others from it; no error stands for a trouble that lasts. */
export interface RecordedAnew {
  readonly written: number;
  readonly error?: unknown;
}

/** Troubles that a new start ends. */
const ENDED_BY_A_START: readonly StorageProblem[] = ["damaged", "moved", "missing", "other"];

/**
 * At the end of the router: writes requests that the open database did not take into what the next start would use. A damaged
 * file is set aside, a new one begun where there is none. Never throws.
 */
export function recordAnew(left: RecordAnew): RecordedAnew {
  const { state, traces } = left;
  const isEnded = state.kind === "failing" && ENDED_BY_A_START.includes(state.problem);
  if (traces.length === 0 || !isEnded) return { written: 0 };
  try {
    return { written: writeAnew(left) };
  } catch (error) {
    return { written: 0, error };
  }
}

function writeAnew({ path, now, traces }: RecordAnew): number {
  const { connection, setAside, close } = openDatabase({ path, now });
  try {
    const writer = createTraceWriter(connection);
    const writeAll = connection.transaction((): number => {
      writer.begin();
      const written = traces.filter((trace) => isTaken(() => writer.write(trace))).length;
      writer.finish();
      return written;
    });
    return writeAll.immediate();
  } finally {
    close();
    // Whoever starts next tells it.
    if (setAside !== undefined) noteSetAside(path, setAside);
  }
}

function isTaken(write: () => void): boolean {
  try {
    write();
    return true;
  } catch (error) {
    if (!isRowFault(error)) throw error;
    return false;
  }
}
