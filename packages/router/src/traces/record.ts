import { type Connection, insertStatement } from "../storage/connection.ts";
import { createBacklog } from "../storage/writing/backlog.ts";
import type { Flusher } from "../storage/writing/flusher.ts";
import type { TraceInput } from "./trace-input.ts";
import { attemptRows, observationRow, type Row, traceRow } from "./trace-row.ts";

/** Stores one row per ended request, and its attempts. */
export interface TraceRecorder {
  /** Takes a finished request; costs no more than an array push. Call once per request. */
  record(trace: TraceInput): void;
  /** Every recorded request is in exactly one of the three. */
  counts(): TraceCounts;
}

/** Requests since the start. */
export interface TraceCounts {
  /** On disk. */
  readonly written: number;
  /** Lost: the backlog was full, or the database refused the row. */
  readonly dropped: number;
  /** Waiting for the next write. */
  readonly pending: number;
}

export interface TraceRecorderDependencies {
  readonly connection: Connection;
  readonly flusher: Pick<Flusher, "add" | "wake">;
  /** How long a request may wait for its write, ms. Default 100. */
  readonly flushMs?: number;
  /** Requests that wait at most while nothing can be written; then the oldest go. Default 10,000 (about 10 MB). */
  readonly backlog?: number;
}

/**
 * So many waiting requests are written at once: under load, rows that live on for the whole interval would be copied by
 * every garbage collection meanwhile, which costs more than writing them.
 */
const EARLY_ROWS = 48;

/** Writes `request_traces`, `request_attempts` and `latency_observations`. */
export function createTraceRecorder(dependencies: TraceRecorderDependencies): TraceRecorder {
  const { connection, flusher, flushMs = 100, backlog = 10_000 } = dependencies;
  const waiting = createBacklog<TraceInput>(backlog);
  let written = 0;
  let dropped = 0;
  flusher.add<TraceInput>({
    name: "request_traces",
    waiting: () => waiting.size,
    peek: waiting.peek,
    write: createTraceWriter(connection),
    forget: (count, refused) => {
      waiting.drop(count);
      written += count - refused;
      dropped += refused;
    },
  });
  return {
    record: (trace) => {
      if (waiting.size === 0) flusher.wake(flushMs);
      dropped += waiting.push(trace);
      if (waiting.size === EARLY_ROWS) flusher.wake(0);
    },
    counts: () => ({ written, dropped, pending: waiting.size }),
  };
}

/** One request's rows: the attempts carry the id of the trace row. */
function createTraceWriter(connection: Connection): (trace: TraceInput) => void {
  const insertTrace = createInsert(connection, "request_traces");
  const insertAttempt = createInsert(connection, "request_attempts");
  const insertObservation = createInsert(connection, "latency_observations");
  return (trace) => {
    const id = insertTrace(traceRow(trace));
    for (const attempt of attemptRows(trace, id)) insertAttempt(attempt);
    const observation = observationRow(trace);
    if (observation !== undefined) insertObservation(observation);
  };
}

/**
 * Returns the id of the new row. Rows of one table come from one literal, so they have the same columns in the same
 * order and are bound by place, which is a quarter faster than by name.
 */
function createInsert(connection: Connection, table: string): (row: Row) => number {
  let statement: ReturnType<Connection["prepare"]> | undefined;
  return (row) => {
    statement ??= connection.prepare(insertStatement(table, Object.keys(row)));
    return Number(statement.run(Object.values(row)).lastInsertRowid);
  };
}
