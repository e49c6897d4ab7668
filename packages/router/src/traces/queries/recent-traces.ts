import type { TraceView } from "@herd/shared";
import type { Connection } from "../../storage/connection.ts";
import { boundedLimit } from "./limit.ts";
import { readTrace, type StoredTrace, traceColumns } from "./read-trace.ts";

/** Which requests ended last? Newest first; `limit` is brought to 1–1,000. Rows that the predecessor wrote for failed attempts are among them. */
export function createRecentTraces(connection: Connection): (question: { readonly limit: number }) => TraceView[] {
  const select = connection.prepare<[number], StoredTrace>(
    `SELECT ${traceColumns} FROM request_traces ORDER BY timestamp DESC, id DESC LIMIT ?`,
  );
  return ({ limit }) => select.all(boundedLimit(limit)).map(readTrace);
}
