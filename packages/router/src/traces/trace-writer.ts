import { type Connection, insertStatement } from "../storage/connection.ts";
import { createUsageWriter } from "../storage/usage/usage-writer.ts";
import { hasObservationsTable } from "../storage/views/latency-observations.ts";
import type { TraceInput } from "./trace-input.ts";
import { attemptRows, observationRow, type Row, traceRow } from "./trace-row.ts";

/** Writes the rows of requests inside the caller's transactions. */
export interface TraceWriter {
  /** Before the first request of a transaction. */
  begin(): void;
  /** One request: the attempts carry the id of the trace row. */
  write(trace: TraceInput): void;
  /** After the last request of a transaction: sums them up as usage. */
  finish(): void;
}

/** Prepares its statements on this connection. */
export function createTraceWriter(connection: Connection): TraceWriter {
  const usage = createUsageWriter(connection);
  const insertTrace = createInsert(connection, "request_traces");
  const insertAttempt = createInsert(connection, "stored_attempts");
  const insertObservation = createInsert(connection, "latency_observations");
  const hasObservations = hasObservationsTable(connection);
  const write = (trace: TraceInput): void => {
    const row = traceRow(trace);
    const id = insertTrace(row);
    usage.add(row, id);
    if (row.decision === null) for (const attempt of attemptRows(trace, id)) insertAttempt(attempt);
    const observation = hasObservations ? observationRow(trace) : undefined;
    if (observation !== undefined) insertObservation(observation);
  };
  return { begin: () => usage.begin(), write, finish: () => usage.finish() };
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
