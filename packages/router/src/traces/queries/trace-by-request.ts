import type { TraceView } from "@herd/shared";
import type { Connection } from "../../storage/connection.ts";
import { parseJson } from "../../storage/parse-json.ts";
import type { DecisionShort } from "../decision-short.ts";
import { readTrace, type StoredTrace, traceColumns } from "./read-trace.ts";

/** One attempt as stored. Times are milliseconds unless said otherwise. */
export interface AttemptView {
  /** 1 for the first. */
  readonly attempt: number;
  readonly node_id: string;
  readonly backend: string | null;
  readonly model: string;
  /** Dispatch, Unix epoch seconds. */
  readonly started_at: number;
  /** Dispatch to the attempt's end. */
  readonly ended_ms: number | null;
  /** Dispatch to first body byte; null when none came. */
  readonly first_byte_ms: number | null;
  readonly http_status: number | null;
  readonly failure_class: string | null;
  readonly error_message: string | null;
  readonly decision: DecisionShort | null;
}

/** A request and its attempts, first attempt first. */
export interface TraceWithAttempts {
  readonly trace: TraceView;
  readonly attempts: readonly AttemptView[];
}

type StoredAttempt = Omit<AttemptView, "decision"> & { readonly decision: string | null };

/** What became of this request? The newest one when a client used an id twice; undefined when none is stored. */
export function createTraceByRequest(connection: Connection): (requestId: string) => TraceWithAttempts | undefined {
  // `retried` rows of the predecessor are attempts, not requests.
  const selectTrace = connection.prepare<[string], StoredTrace & { readonly id: number }>(
    `SELECT id, ${traceColumns} FROM request_traces WHERE request_id = ?
     ORDER BY status = 'retried', timestamp DESC, id DESC LIMIT 1`,
  );
  const selectAttempts = connection.prepare<[number], StoredAttempt>(
    `SELECT attempt, node_id, backend, model, started_at, ended_ms, first_byte_ms, http_status, failure_class,
       error_message, decision
     FROM request_attempts WHERE trace_id = ? ORDER BY attempt`,
  );
  return (requestId) => {
    const found = selectTrace.get(requestId);
    if (found === undefined) return undefined;
    const { id, ...trace } = found;
    return { trace: readTrace(trace), attempts: selectAttempts.all(id).map(readAttempt) };
  };
}

/** Only this program writes attempts, so what parses is a decision. */
const readAttempt = (row: StoredAttempt): AttemptView => ({
  ...row,
  decision: (parseJson(row.decision) as DecisionShort | undefined) ?? null,
});
