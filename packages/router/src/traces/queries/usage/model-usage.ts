import type { Connection } from "../../../storage/connection.ts";
import { cellsOf, daySums } from "./day-sums.ts";
import { MOST_ROWS, whole } from "./most-rows.ts";
import type { UsageQuestion } from "./usage-range.ts";
import { endsOf, mean, meansOf, SUMMED, SUMS, type SummedRow, tokensOf } from "./usage-row.ts";

type ModelRow = SummedRow & {
  readonly model: string;
  readonly bucket: number;
  readonly latency_min: number | null;
  readonly latency_max: number | null;
  readonly decode_ms: number;
  readonly decode_tokens: number;
};

/** What was done with each model that a node had: per UTC day, and in all of the span. */
export function createModelUsage(connection: Connection) {
  const prepareDays = daySums(connection);
  const daily = connection.prepare<[object], ModelRow>(MODEL_DAYS);
  const summary = connection.prepare<[object], ModelRow>(MODEL_SUMS);
  return (question: UsageQuestion) => {
    const range = prepareDays(question);
    const days = whole(daily.all(range));
    return { daily: days.rows.map(dayView), summary: summary.all(range).map(summaryView), is_complete: days.isWhole };
  };
}

const dayView = (row: ModelRow) => ({
  model_name: row.model,
  day_bucket: row.bucket,
  request_count: row.requests,
  ...meansOf(row),
  ...tokensOf(row),
  ...endsOf(row),
});

const summaryView = (row: ModelRow) => ({
  model_name: row.model,
  total_requests: row.requests,
  ...meansOf(row),
  min_latency_ms: row.latency_min,
  max_latency_ms: row.latency_max,
  ...tokensOf(row),
  tokens_per_s: mean(row.decode_tokens * 1000, row.decode_ms),
  ...endsOf(row),
  first_seen: row.first_seen,
  last_seen: row.last_seen,
});

const columns = [...SUMMED, "latency_min", "latency_max", "decode_ms", "decode_tokens"];
const sums = `${SUMS}, min(latency_min) AS latency_min, max(latency_max) AS latency_max, sum(decode_ms) AS decode_ms,
  sum(decode_tokens) AS decode_tokens`;

export const MODEL_DAYS = `SELECT model, bucket, ${sums} FROM ${cellsOf(columns)} WHERE node_id <> ''
  GROUP BY bucket, model ORDER BY bucket, model LIMIT ${MOST_ROWS + 1}`;

export const MODEL_SUMS = `SELECT model, ${sums} FROM ${cellsOf(columns)} WHERE node_id <> ''
  GROUP BY model ORDER BY sum(requests) DESC, model LIMIT ${MOST_ROWS}`;
