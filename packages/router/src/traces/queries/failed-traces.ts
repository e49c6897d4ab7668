import type { TraceView } from "@herd/shared";
import type { Connection } from "../../storage/connection.ts";
import { demoCondition, type RowsQuestion, rowsParameters } from "./limit.ts";
import { readTrace, type StoredTrace, traceColumns } from "./read-trace.ts";

/** Which requests failed last, before or amid their answer? Newest first. */
export function createFailedTraces(connection: Connection): (question: RowsQuestion) => TraceView[] {
  // One part per status, each read from the end of an index: a single IN would sort all failures ever stored. The
  // second condition is that of the index.
  const newest = (status: string) =>
    `SELECT * FROM (SELECT id, ${traceColumns} FROM request_traces
     WHERE status = '${status}' AND status <> 'completed' AND ${demoCondition} ORDER BY timestamp DESC, id DESC LIMIT @limit)`;
  const select = connection.prepare<[ReturnType<typeof rowsParameters>], StoredTrace>(
    `SELECT ${traceColumns} FROM (${newest("failed")} UNION ALL ${newest("incomplete")})
     ORDER BY timestamp DESC, id DESC LIMIT @limit`,
  );
  return (question) => select.all(rowsParameters(question)).map(readTrace);
}
