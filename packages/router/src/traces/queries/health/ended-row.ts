import { parseJson } from "../../../storage/parse-json.ts";

/** The columns that health looks at. */
export const endedColumns =
  "request_id, timestamp, status, node_id, model, original_model, kind, original_format, error_code, error_class, " +
  "error_message, latency_ms, time_to_first_token_ms, load_ms, prompt_tokens, completion_tokens, estimated_tokens, " +
  "retry_count, excluded_nodes, fallback_used, edits";

/** Real work; rows of the predecessor's attempts are no requests. */
export const realWork = "traffic IS NULL AND simulated IS NOT 1 AND status <> 'retried'";

/** A row as SQLite returns it: other programs may have stored anything. */
export type StoredEnd = Readonly<Record<string, unknown>>;

const statuses = ["completed", "failed", "incomplete", "no_output", "client_disconnected"] as const;

/** Longest error text that is handed on, characters. */
const LONGEST_ERROR = 300;

/** One stored request, as far as health looks at it. Times are ms, `at` is Unix epoch ms; what is absent is 0 or empty. */
export const endedRow = (row: StoredEnd) => ({
  requestId: text(row["request_id"]),
  at: amount(row["timestamp"]) * 1000,
  status: statuses.find((known) => known === row["status"]) ?? ("failed" as const),
  nodeId: text(row["node_id"]),
  model: text(row["model"]),
  askedModel: text(row["original_model"]),
  kind: text(row["kind"]),
  dialect: text(row["original_format"]),
  errorCode: text(row["error_code"]),
  errorClass: text(row["error_class"]),
  error: text(row["error_message"]).slice(0, LONGEST_ERROR),
  latencyMs: amount(row["latency_ms"]),
  ttftMs: amount(row["time_to_first_token_ms"]),
  loadMs: amount(row["load_ms"]),
  promptTokens: amount(row["prompt_tokens"]),
  completionTokens: amount(row["completion_tokens"]),
  estimatedTokens: amount(row["estimated_tokens"]),
  retries: amount(row["retry_count"]),
  failedOn: textsOf(row["excluded_nodes"]),
  isFallback: row["fallback_used"] === 1,
  edits: textsOf(row["edits"]),
});

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const amount = (value: unknown): number =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;

function textsOf(json: unknown): readonly string[] {
  const list = typeof json === "string" ? parseJson(json) : undefined;
  return Array.isArray(list) ? list.filter((entry) => typeof entry === "string") : [];
}
