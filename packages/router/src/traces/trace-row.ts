/**
 * From what happened to what is stored. Pure and total: whatever comes in, every value suits its column, so that no odd
 * number or endless text from a client or node can make a row unwritable.
 */
import { traceStatusOf } from "../domain/outcome.ts";
import type { SqlValue } from "../storage/connection.ts";
import { errorColumns } from "./error-columns.ts";
import { plainDecision } from "./plain-attempt.ts";
import { tenths } from "./tenths.ts";
import type { TraceInput } from "./trace-input.ts";
import { trafficOf } from "./traffic.ts";

/** Column name to value; rows of one table have their columns in one order. */
export type Row = Readonly<Record<string, SqlValue>>;

/** Longest text of a column, characters; what is longer is cut. */
const LONGEST_TEXT = 4096;
/** Longest name of a model, node or tag, characters. */
const LONGEST_NAME = 512;
/** Most entries of a list. */
const LONGEST_LIST = 64;

/** A row of `request_traces`. */
export type TraceRow = ReturnType<typeof predecessorsColumns> & ReturnType<typeof ourColumns>;

/** The row of `request_traces`, without `id`. Always the same columns in the same order. */
export const traceRow = (input: TraceInput): TraceRow => ({
  ...predecessorsColumns(input),
  ...ourColumns(input),
});

function predecessorsColumns(input: TraceInput) {
  const { outcome, times, usage } = input;
  return {
    request_id: text(input.requestId),
    model: name(input.servedModel),
    original_model: name(input.requestedModel),
    node_id: name(input.nodeId),
    score: real(input.score),
    scores_breakdown: pointsJson(input.breakdown),
    status: traceStatusOf(outcome),
    latency_ms: ms(times.latencyMs),
    time_to_first_token_ms: ms(times.firstByteMs),
    prompt_tokens: whole(usage?.promptTokens),
    completion_tokens: whole(usage?.completionTokens),
    retry_count: whole(input.retryCount) ?? 0,
    fallback_used: flag(input.isFallback),
    excluded_nodes: listJson(input.excludedNodes),
    client_ip: input.clientAddress === undefined ? null : name(input.clientAddress),
    original_format: input.dialect ?? null,
    timestamp: (real(times.endedAt) ?? 0) / 1000,
    tags: listJson(input.tags),
    finish_reason: usage?.finishReason === undefined ? null : name(usage.finishReason),
    estimated_tokens: whole(input.estimatedTokens),
  };
}

function ourColumns(input: TraceInput) {
  const { times, usage, energy } = input;
  const errors = errorColumns(input.outcome);
  return {
    error_message: errors.error_message === null ? null : text(errors.error_message),
    endpoint: name(input.endpoint.split("?", 1)[0] ?? ""),
    is_stream: flag(input.isStream),
    error_code: errors.error_code,
    error_class: errors.error_class,
    http_status: whole(input.httpStatus),
    queue_wait_ms: waited(times.queueWaitMs),
    overhead_ms: ms(times.overheadMs),
    load_ms: shortened(usage?.loadMs),
    prefill_ms: ms(usage?.prefillMs),
    decode_ms: ms(usage?.decodeMs),
    tokens_per_s: tokensPerSecond(usage),
    tokens_estimated: usage === undefined ? null : flag(usage.isEstimated),
    edits: listJson(input.edits),
    simulated: flag(input.isSimulated),
    kind: input.kind,
    traffic: trafficOf(input),
    backend: backendOf(input),
    client_key: null,
    prefix_hit: null,
    joules: shortened(energy?.joules),
    joules_estimated: energy === undefined ? null : flag(energy.isEstimated),
    decision: plainDecision(input),
  };
}

/** The rows of `stored_attempts`: all attempts but the only one of a request whose row tells everything about it. */
export function attemptRows(input: TraceInput, traceId: number): readonly Row[] {
  const { requestId, attempts } = input;
  return attempts.map((attempt, index) => ({
    trace_id: traceId,
    attempt: index + 1,
    request_id: text(requestId),
    node_id: name(attempt.nodeId),
    backend: name(attempt.backend),
    model: name(attempt.model),
    started_at: (real(attempt.startedAt) ?? 0) / 1000,
    ended_ms: ms(attempt.endedMs),
    first_byte_ms: ms(attempt.firstByteMs),
    http_status: whole(attempt.httpStatus),
    failure_class: attempt.failureClass ?? null,
    error_message: attempt.errorMessage === undefined ? null : text(attempt.errorMessage),
    decision: attempt.decision === undefined ? null : JSON.stringify(attempt.decision),
  }));
}

/** The row of `latency_observations`, without `id`; undefined for all but completed text requests of real work. */
export function observationRow(input: TraceInput): Row | undefined {
  const last = input.attempts.at(-1);
  if (last === undefined || trafficOf(input) !== null || !isCompletedText(input)) return undefined;
  return {
    node_id: name(input.nodeId),
    model_name: name(input.servedModel),
    latency_ms: ms(last.endedMs) ?? 0,
    timestamp: (real(input.times.endedAt) ?? 0) / 1000,
    prompt_tokens: whole(input.usage?.promptTokens),
    completion_tokens: whole(input.usage?.completionTokens),
  };
}

function backendOf({ attempts }: TraceInput): string | null {
  const last = attempts.at(-1);
  return last === undefined ? null : name(last.backend);
}

const isCompletedText = ({ kind, outcome }: TraceInput): boolean =>
  (kind === "chat" || kind === "generate") && traceStatusOf(outcome) === "completed";

function tokensPerSecond(usage: TraceInput["usage"]): number | null {
  const { completionTokens, decodeMs } = usage ?? {};
  if (completionTokens === undefined || decodeMs === undefined || decodeMs <= 0) return null;
  return shortened((completionTokens * 1000) / decodeMs);
}

const flag = (value: boolean): number => (value ? 1 : 0);
const real = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;
/**
 * SQLite keeps a whole number in one to four bytes and any other in eight (see the columns' types): times from 100 ms on are kept whole, shorter ones
 * to the microsecond.
 */
const ms = (value: number | undefined): number | null => rounded(value, 100);
/** Below a millisecond nobody has waited: that is the time of the way to the lane and back. */
const waited = (value: number): number | null => (value >= 0 && value < 1 ? 0 : rounded(value, 20));
/** The same for other amounts, whole from 20 on. */
const shortened = (value: number | undefined): number | null => rounded(value, 20);

function rounded(value: number | undefined, wholeFrom: number): number | null {
  if (value === undefined || !Number.isFinite(value)) return null;
  return Math.abs(value) >= wholeFrom ? Math.round(value) : Math.round(value * 1000) / 1000;
}

/** Beyond the safe integers SQLite would store a REAL, and readers would get no integer back. */
const whole = (value: number | undefined): number | null =>
  value !== undefined && Number.isSafeInteger(Math.round(value)) ? Math.round(value) : null;
const text = (value: string): string => clipped(value, LONGEST_TEXT);
const name = (value: string): string => clipped(value, LONGEST_NAME);
const clipped = (value: string, longest: number): string => (value.length > longest ? value.slice(0, longest) : value);

function listJson(list: readonly string[]): string | null {
  return list.length === 0 ? null : JSON.stringify(list.slice(0, LONGEST_LIST).map(name));
}

/** JSON knows no NaN and no infinity; a reader must get numbers. Left out: parts without any weight, and the total, which is `score`. */
function pointsJson(points: Readonly<Record<string, number>> | undefined): string | null {
  if (points === undefined) return null;
  let json = "";
  for (const key in points) {
    const value = points[key] ?? 0;
    if (key === "total" || value === 0 || !Number.isFinite(value)) continue;
    json += `${json === "" ? "" : ","}${JSON.stringify(key)}:${tenths(value)}`;
  }
  return json === "" ? null : `{${json}}`;
}
