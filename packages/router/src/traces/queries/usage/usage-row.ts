/** Sums of the usage tables, as every statistic selects them from a group of cells. */
export const SUMS = `sum(requests) AS requests, sum(completed) AS completed, sum(failed) AS failed,
  sum(incomplete) AS incomplete, sum(no_output) AS no_output, sum(disconnected) AS disconnected,
  sum(latency_ms) AS latency_ms, sum(latency_count) AS latency_count, sum(ttft_ms) AS ttft_ms,
  sum(ttft_count) AS ttft_count, sum(prompt_tokens) AS prompt_tokens, sum(completion_tokens) AS completion_tokens,
  sum(retries) AS retries, sum(fallbacks) AS fallbacks, min(first_seen) AS first_seen, max(last_seen) AS last_seen`;

/** One group of cells. */
export type SummedRow = Readonly<
  Record<
    | "requests"
    | "completed"
    | "failed"
    | "incomplete"
    | "no_output"
    | "disconnected"
    | "latency_ms"
    | "latency_count"
    | "ttft_ms"
    | "ttft_count"
    | "prompt_tokens"
    | "completion_tokens"
    | "retries"
    | "fallbacks"
    | "first_seen"
    | "last_seen",
    number
  >
>;

/** How requests ended, under the names of the API. */
export const endsOf = (row: SummedRow) => ({
  completed_count: row.completed,
  failed_count: row.failed + row.incomplete,
  disconnected_count: row.disconnected,
  no_output_count: row.no_output,
});

/** Tokens, under the names of the API. */
export const tokensOf = (row: SummedRow) => ({
  total_prompt_tokens: row.prompt_tokens,
  total_completion_tokens: row.completion_tokens,
});

/** Mean times of the requests that have them, ms; null when none has. */
export const meansOf = (row: SummedRow) => ({
  avg_latency_ms: mean(row.latency_ms, row.latency_count),
  avg_ttft_ms: mean(row.ttft_ms, row.ttft_count),
});

/** To the microsecond; null of nothing. */
export const mean = (sum: number, count: number): number | null =>
  count > 0 ? Math.round((sum / count) * 1000) / 1000 : null;
