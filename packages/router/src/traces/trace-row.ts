/**
 * From what happened to what is stored. Pure and total: whatever comes in, every value suits its column, so that no odd
 * number or endless text from a client or node can make a row unwritable.
 */
import { traceStatusOf } from "../domain/outcome.ts";
import type { SqlValue } from "../storage/connection.ts";
import { errorColumns } from "./error-columns.ts";
import type { TraceInput } from "./trace-input.ts";

/** Column name to value; rows of one table have their columns in one order. */
export type Row = Readonly<Record<string, SqlValue>>;

/** Longest text of a column, characters; what is longer is cut. */
const LONGEST_TEXT = 4096;
/** Longest name of a model, node or tag, characters. */
const LONGEST_NAME = 512;
/** Most entries of a list. */
const LONGEST_LIST = 64;

/** The row of `request_traces`, without `id`. One literal, so that all rows have one form. */
export function traceRow(input: TraceInput): Row {
  const { outcome, times, usage } = input;
  const errors = errorColumns(outcome);
  return {
    request_id: text(input.requestId),
    model: name(input.servedModel),
    original_model: name(input.requestedModel),
    node_id: name(input.nodeId),
    score: real(input.score),
    scores_breakdown: numbersJson(input.breakdown),
    status: traceStatusOf(outcome),
    latency_ms: real(times.latencyMs),
    time_to_first_token_ms: real(times.firstByteMs),
    prompt_tokens: whole(usage?.promptTokens),
    completion_tokens: whole(usage?.completionTokens),
    retry_count: whole(input.retryCount) ?? 0,
    fallback_used: flag(input.isFallback),
    excluded_nodes: listJson(input.excludedNodes),
    client_ip: input.clientAddress === undefined ? null : name(input.clientAddress),
    original_format: input.dialect ?? null,
    error_message: errors.error_message === null ? null : text(errors.error_message),
    timestamp: (real(times.endedAt) ?? 0) / 1000,
    tags: listJson(input.tags),
    finish_reason: usage?.finishReason === undefined ? null : name(usage.finishReason),
    estimated_tokens: whole(input.estimatedTokens),
    endpoint: name(input.endpoint.split("?", 1)[0] ?? ""),
    is_stream: flag(input.isStream),
    error_code: errors.error_code,
    error_class: errors.error_class,
    http_status: whole(input.httpStatus),
    queue_wait_ms: real(times.queueWaitMs),
    overhead_ms: real(times.overheadMs),
    load_ms: real(usage?.loadMs),
    prefill_ms: real(usage?.prefillMs),
    decode_ms: real(usage?.decodeMs),
    tokens_per_s: tokensPerSecond(usage),
    tokens_estimated: usage === undefined ? null : flag(usage.isEstimated),
    edits: listJson(input.edits),
    simulated: flag(input.isSimulated),
  };
}

/** The rows of `request_attempts`. */
export function attemptRows({ requestId, attempts }: TraceInput, traceId: number): readonly Row[] {
  return attempts.map((attempt, index) => ({
    trace_id: traceId,
    attempt: index + 1,
    request_id: text(requestId),
    node_id: name(attempt.nodeId),
    backend: name(attempt.backend),
    model: name(attempt.model),
    started_at: (real(attempt.startedAt) ?? 0) / 1000,
    ended_ms: real(attempt.endedMs),
    first_byte_ms: real(attempt.firstByteMs),
    http_status: whole(attempt.httpStatus),
    failure_class: attempt.failureClass ?? null,
    error_message: attempt.errorMessage === undefined ? null : text(attempt.errorMessage),
    decision: attempt.decision === undefined ? null : JSON.stringify(attempt.decision),
  }));
}

/** The row of `latency_observations`, without `id`; undefined for all but completed text requests on real nodes. */
export function observationRow(input: TraceInput): Row | undefined {
  const last = input.attempts.at(-1);
  if (last === undefined || input.isSimulated || !isCompletedText(input)) return undefined;
  return {
    node_id: name(input.nodeId),
    model_name: name(input.servedModel),
    latency_ms: real(last.endedMs) ?? 0,
    timestamp: (real(input.times.endedAt) ?? 0) / 1000,
    prompt_tokens: whole(input.usage?.promptTokens),
    completion_tokens: whole(input.usage?.completionTokens),
  };
}

const isCompletedText = ({ kind, outcome }: TraceInput): boolean =>
  (kind === "chat" || kind === "generate") && traceStatusOf(outcome) === "completed";

function tokensPerSecond(usage: TraceInput["usage"]): number | null {
  const { completionTokens, decodeMs } = usage ?? {};
  if (completionTokens === undefined || decodeMs === undefined || decodeMs <= 0) return null;
  return real((completionTokens * 1000) / decodeMs);
}

const flag = (value: boolean): number => (value ? 1 : 0);
const real = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;
/** Beyond the safe integers SQLite would store a REAL, and readers would get no integer back. */
const whole = (value: number | undefined): number | null =>
  value !== undefined && Number.isSafeInteger(Math.round(value)) ? Math.round(value) : null;
const text = (value: string): string => clipped(value, LONGEST_TEXT);
const name = (value: string): string => clipped(value, LONGEST_NAME);
const clipped = (value: string, longest: number): string => (value.length > longest ? value.slice(0, longest) : value);

function listJson(list: readonly string[]): string | null {
  return list.length === 0 ? null : JSON.stringify(list.slice(0, LONGEST_LIST).map(name));
}

/** JSON knows no NaN and no infinity; a reader must get numbers. */
function numbersJson(numbers: Readonly<Record<string, number>> | undefined): string | null {
  if (numbers === undefined) return null;
  let json = "";
  for (const key in numbers) {
    const value = numbers[key];
    if (Number.isFinite(value)) json += `${json === "" ? "" : ","}${JSON.stringify(key)}:${value}`;
  }
  return json === "" ? null : `{${json}}`;
}
