import type { TraceView } from "@herd/shared";
import type { Connection } from "../../storage/connection.ts";
import { demoCondition, type RowsQuestion, rowsParameters } from "./limit.ts";
import { readTrace, type StoredTrace, traceColumns } from "./read-trace.ts";

/** Which requests ended last? Newest first. Rows that the predecessor wrote for failed attempts are among them. */
export function createRecentTraces(connection: Connection): (question: RowsQuestion) => TraceView[] {
  const select = connection.prepare<[ReturnType<typeof rowsParameters>], StoredTrace>(
    `SELECT ${traceColumns} FROM request_traces WHERE ${demoCondition} ORDER BY timestamp DESC, id DESC LIMIT @limit`,
  );
  return (question) => select.all(rowsParameters(question)).map(readTrace);
}
