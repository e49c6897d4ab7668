import type { UsageFacts } from "./usage-row.ts";

/** Sums of a part of the requests; its fields are columns of the usage tables. Times are ms, moments Unix epoch seconds. */
export interface CountCell {
  requests: number;
  completed: number;
  failed: number;
  incomplete: number;
  no_output: number;
  disconnected: number;
  latency_ms: number;
  /** Requests that have a latency: sums of times are divided by their own count. */
  latency_count: number;
  ttft_ms: number;
  ttft_count: number;
  prompt_tokens: number;
  completion_tokens: number;
  retries: number;
  fallbacks: number;
  /** Whole seconds. */
  first_seen: number;
  last_seen: number;
}

/** The sums of `usage_hourly`. */
export interface HourCell extends CountCell {
  latency_min: number | null;
  latency_max: number | null;
  queue_wait_ms: number;
  /** Requests for which a model was really loaded, and how long those loads took. */
  loads: number;
  load_ms: number;
  /** Only of requests that tell both time and tokens, so that their quotient is a speed. */
  prefill_ms: number;
  prefill_tokens: number;
  decode_ms: number;
  decode_tokens: number;
  cold_loads: number;
  timeouts: number;
  /** All energy that is known, and the part of it that is estimated. */
  joules: number;
  joules_estimated: number;
}

/**
 * Ollama reports a `load_duration` for each request, some ms to some tens of ms when the model was there already: above
 * this it has really loaded, ms.
 */
const LOADED_FROM_MS = 500;
/** A completed request whose first token took longer was a cold load (the predecessor's bound), ms. */
const COLD_LOAD_MS = 40_000;
/** A failed request that took longer was a timeout (the predecessor's bound), ms. */
const TIMEOUT_MS = 120_000;

const emptyCounts = (at: number): CountCell => ({
  requests: 0,
  completed: 0,
  failed: 0,
  incomplete: 0,
  no_output: 0,
  disconnected: 0,
  latency_ms: 0,
  latency_count: 0,
  ttft_ms: 0,
  ttft_count: 0,
  prompt_tokens: 0,
  completion_tokens: 0,
  retries: 0,
  fallbacks: 0,
  first_seen: Math.floor(at),
  last_seen: Math.floor(at),
});

/** A cell of `usage_tags_hourly`. @param at its first request, Unix epoch seconds */
export const newCountCell = (at: number): CountCell => emptyCounts(at);

/** A cell of `usage_hourly`. @param at its first request, Unix epoch seconds */
export const newHourCell = (at: number): HourCell => ({
  ...emptyCounts(at),
  latency_min: null,
  latency_max: null,
  queue_wait_ms: 0,
  loads: 0,
  load_ms: 0,
  prefill_ms: 0,
  prefill_tokens: 0,
  decode_ms: 0,
  decode_tokens: 0,
  cold_loads: 0,
  timeouts: 0,
  joules: 0,
  joules_estimated: 0,
});

/** Adds one request to the sums that all cells have. */
export function countRequest(cell: CountCell, facts: UsageFacts): void {
  const { at, latencyMs, ttftMs } = facts;
  cell.requests += 1;
  cell[facts.end] += 1;
  if (latencyMs !== undefined) {
    cell.latency_ms += latencyMs;
    cell.latency_count += 1;
  }
  if (ttftMs !== undefined) {
    cell.ttft_ms += ttftMs;
    cell.ttft_count += 1;
  }
  cell.prompt_tokens += facts.promptTokens ?? 0;
  cell.completion_tokens += facts.completionTokens ?? 0;
  cell.retries += facts.retries;
  if (facts.isFallback) cell.fallbacks += 1;
  const second = Math.floor(at);
  cell.first_seen = Math.min(cell.first_seen, second);
  cell.last_seen = Math.max(cell.last_seen, second);
}

/** Adds one request to the cell of its hour. */
export function addToHour(cell: HourCell, facts: UsageFacts): void {
  countRequest(cell, facts);
  const { latencyMs, promptTokens, prefillMs, completionTokens, decodeMs, joules = 0 } = facts;
  if (latencyMs !== undefined) {
    cell.latency_min = Math.min(cell.latency_min ?? latencyMs, latencyMs);
    cell.latency_max = Math.max(cell.latency_max ?? latencyMs, latencyMs);
  }
  cell.queue_wait_ms += facts.queueWaitMs ?? 0;
  if (prefillMs !== undefined && promptTokens !== undefined) {
    cell.prefill_ms += prefillMs;
    cell.prefill_tokens += promptTokens;
  }
  if (decodeMs !== undefined && completionTokens !== undefined) {
    cell.decode_ms += decodeMs;
    cell.decode_tokens += completionTokens;
  }
  cell.joules += joules;
  if (facts.hasEstimatedJoules) cell.joules_estimated += joules;
  addSlowness(cell, facts);
}

function addSlowness(cell: HourCell, { end, latencyMs = 0, ttftMs = 0, loadMs = 0 }: UsageFacts): void {
  if (loadMs > LOADED_FROM_MS) {
    cell.loads += 1;
    cell.load_ms += loadMs;
  }
  if (end === "completed" && ttftMs > COLD_LOAD_MS) cell.cold_loads += 1;
  if (end === "failed" && latencyMs > TIMEOUT_MS) cell.timeouts += 1;
}
