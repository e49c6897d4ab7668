import type { TraceStatus, TraceView } from "@herd/shared";
import { parseJson } from "../../storage/parse-json.ts";
import { tenths } from "../tenths.ts";

/**
 * The columns to select: those of the contract, in its order. They stand here once more because the contract brings a library
 * that takes 20 MB and 50 ms of the thread that reads.
 */
const columns = [
  "request_id",
  "model",
  "original_model",
  "node_id",
  "score",
  "scores_breakdown",
  "status",
  "latency_ms",
  "time_to_first_token_ms",
  "prompt_tokens",
  "completion_tokens",
  "retry_count",
  "fallback_used",
  "excluded_nodes",
  "client_ip",
  "original_format",
  "error_message",
  "timestamp",
  "tags",
  "finish_reason",
  "estimated_tokens",
  "endpoint",
  "is_stream",
  "error_code",
  "error_class",
  "http_status",
  "queue_wait_ms",
  "overhead_ms",
  "load_ms",
  "prefill_ms",
  "decode_ms",
  "tokens_per_s",
  "tokens_estimated",
  "edits",
  "simulated",
  "kind",
  "traffic",
  "backend",
  "client_key",
  "prefix_hit",
  "joules",
  "joules_estimated",
] as const satisfies readonly (keyof TraceView)[];

/** The same as SQL. */
export const traceColumns = columns.join(", ");

type ListColumn = "excluded_nodes" | "tags" | "edits";
type FlagColumn = "is_stream" | "tokens_estimated" | "joules_estimated";
type EncodedColumn =
  | ListColumn
  | FlagColumn
  | "fallback_used"
  | "simulated"
  | "scores_breakdown"
  | "status"
  | "retry_count";

/** A row of `request_traces` as SQLite returns it; old rows lack what their program did not know. */
export type StoredTrace = Omit<TraceView, EncodedColumn> &
  Readonly<Record<ListColumn | "scores_breakdown", string | null>> &
  Readonly<Record<FlagColumn | "fallback_used" | "simulated" | "retry_count", number | null>> & {
    readonly status: string;
  };

/** Decodes a row. JSON that cannot be read counts as absent, a status nobody knows as failed. */
export function readTrace(row: StoredTrace): TraceView {
  return {
    ...row,
    scores_breakdown: withTotal(numbers(row.scores_breakdown), row.score),
    status: knownStatus(row.status),
    retry_count: row.retry_count ?? 0,
    fallback_used: row.fallback_used === 1,
    excluded_nodes: texts(row.excluded_nodes),
    tags: texts(row.tags),
    is_stream: flag(row.is_stream),
    tokens_estimated: flag(row.tokens_estimated),
    edits: texts(row.edits),
    simulated: row.simulated === 1,
    joules_estimated: flag(row.joules_estimated),
  };
}

const flag = (value: number | null): boolean | null => (value === null ? null : value !== 0);

const statuses = {
  completed: true,
  no_output: true,
  failed: true,
  incomplete: true,
  client_disconnected: true,
  retried: true,
} as const satisfies Readonly<Record<TraceStatus, true>>;
const isStatus = (text: string): text is TraceStatus => Object.hasOwn(statuses, text);
const knownStatus = (text: string): TraceStatus => (isStatus(text) ? text : "failed");

function texts(json: string | null): string[] | null {
  const list = parseJson(json);
  return Array.isArray(list) ? list.filter((entry) => typeof entry === "string") : null;
}

/** The sum is stored once, as `score`; rows of the predecessor have it in both places. */
const withTotal = (points: Record<string, number> | null, total: number | null): Record<string, number> | null =>
  points === null || total === null ? points : { ...points, total: points["total"] ?? tenths(total) };

function numbers(json: string | null): Record<string, number> | null {
  const object = parseJson(json);
  if (typeof object !== "object" || object === null) return null;
  return Object.fromEntries(Object.entries(object).filter(([, value]) => typeof value === "number"));
}
