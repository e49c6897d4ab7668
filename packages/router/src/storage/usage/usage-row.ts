import type { SqlValue } from "../connection.ts";

/** The columns of `request_traces` that the usage tables are made of. */
export const usageColumns = [
  "timestamp",
  "node_id",
  "model",
  "kind",
  "traffic",
  "simulated",
  "status",
  "latency_ms",
  "time_to_first_token_ms",
  "prompt_tokens",
  "completion_tokens",
  "retry_count",
  "fallback_used",
  "queue_wait_ms",
  "load_ms",
  "prefill_ms",
  "decode_ms",
  "tokens_per_s",
  "joules",
  "joules_estimated",
  "tags",
] as const;

/** One stored request, as far as usage is concerned. SQLite lets other programs store anything in any column. */
export type UsageRow = Readonly<Record<(typeof usageColumns)[number], SqlValue>>;

/** How a request ended, as a column of the usage tables. */
export type UsageEnd = "completed" | "failed" | "incomplete" | "no_output" | "disconnected";

/** What a row adds to usage: its values checked, amounts absent where the row has none. */
export interface UsageFacts {
  /** Unix epoch seconds. */
  readonly at: number;
  /** Empty when no node was reached. */
  readonly node: string;
  readonly model: string;
  /** Empty when it is not known: rows of earlier programs do not tell it. */
  readonly kind: string;
  /** Empty for real work. */
  readonly traffic: string;
  readonly end: UsageEnd;
  readonly latencyMs: number | undefined;
  readonly ttftMs: number | undefined;
  readonly promptTokens: number | undefined;
  readonly completionTokens: number | undefined;
  readonly retries: number;
  readonly isFallback: boolean;
  readonly queueWaitMs: number | undefined;
  readonly loadMs: number | undefined;
  readonly prefillMs: number | undefined;
  readonly decodeMs: number | undefined;
  readonly tokensPerS: number | undefined;
  readonly joules: number | undefined;
  readonly hasEstimatedJoules: boolean;
  /** JSON, or null. */
  readonly tags: string | null;
}

/** Longest name of a cell, characters: names are a client's to choose, and stay for years. */
const LONGEST_NAME = 200;

/** Undefined for rows that are no requests: an attempt of the predecessor (`retried`), or a time that is none. */
export function usageFacts(row: UsageRow): UsageFacts | undefined {
  const at = amount(row.timestamp);
  if (row.status === "retried" || at === undefined || at > LAST_SECOND) return undefined;
  return {
    at,
    node: name(row.node_id),
    model: name(row.model),
    kind: name(row.kind),
    traffic: row.traffic === null && row.simulated === 1 ? "demo" : name(row.traffic),
    end: endOf(row.status),
    latencyMs: amount(row.latency_ms),
    ttftMs: amount(row.time_to_first_token_ms),
    promptTokens: whole(row.prompt_tokens),
    completionTokens: whole(row.completion_tokens),
    retries: whole(row.retry_count) ?? 0,
    isFallback: row.fallback_used === 1,
    queueWaitMs: amount(row.queue_wait_ms),
    loadMs: amount(row.load_ms),
    prefillMs: amount(row.prefill_ms),
    decodeMs: amount(row.decode_ms),
    tokensPerS: amount(row.tokens_per_s),
    joules: amount(row.joules),
    hasEstimatedJoules: row.joules_estimated === 1,
    tags: typeof row.tags === "string" ? row.tags : null,
  };
}

/** A status that nobody knows is a failure, as for who reads the row. */
function endOf(status: SqlValue): UsageEnd {
  switch (status) {
    case "completed":
    case "incomplete":
    case "no_output":
      return status;
    case "client_disconnected":
      return "disconnected";
    default:
      return "failed";
  }
}

/** More than any request can take (31 years in ms) or hold: one odd row must not drown the sums of all others. */
const MOST = 1e12;
/** End of the year 9999, Unix epoch seconds. */
const LAST_SECOND = 253_402_300_799;

const amount = (value: SqlValue): number | undefined =>
  typeof value === "number" && value >= 0 && value <= MOST ? value : undefined;

/** Nobody has a part of a token; columns of other programs may. */
function whole(value: SqlValue): number | undefined {
  const found = amount(value);
  return found === undefined ? undefined : Math.round(found);
}

const name = (value: SqlValue): string => (typeof value === "string" ? value.slice(0, LONGEST_NAME) : "");
