import type { Connection } from "../../../storage/connection.ts";
import { cellsOf, daySums } from "./day-sums.ts";
import { endsOf, meansOf, SUMMED, SUMS, type SummedRow, tokensOf } from "./usage-row.ts";

/** All real work in the database, ever. `now` is Unix epoch seconds. */
export function createOverview(connection: Connection) {
  const oldest = connection.prepare<[], number | null>("SELECT min(hour) FROM usage_hourly").pluck();
  const prepareDays = daySums(connection);
  const sums = connection.prepare<[object], SummedRow & { readonly models: number }>(OVERVIEW);
  return ({ now }: { readonly now: number }) => {
    const from = oldest.get() ?? now;
    const row = sums.get(prepareDays({ from, to: Math.max(now, from) + HOUR_S, now }));
    if (row === undefined || row.requests === null) return { ...nothing };
    return {
      total_requests: row.requests,
      ...tokensOf(row),
      total_tokens: row.prompt_tokens + row.completion_tokens,
      models_count: row.models,
      ...endsOf(row),
      ...meansOf(row),
      first_seen: row.first_seen,
      last_seen: row.last_seen,
    };
  };
}

/** A clock that was ahead: its hours count, too. */
const HOUR_S = 3600;

/** Models that were never reached are names that somebody typed. */
export const OVERVIEW = `SELECT ${SUMS}, count(DISTINCT CASE WHEN node_id <> '' THEN model END) AS models
  FROM ${cellsOf(SUMMED)}`;

const nothing = {
  total_requests: 0,
  total_prompt_tokens: 0,
  total_completion_tokens: 0,
  total_tokens: 0,
  models_count: 0,
  completed_count: 0,
  failed_count: 0,
  disconnected_count: 0,
  no_output_count: 0,
  avg_latency_ms: null,
  avg_ttft_ms: null,
  first_seen: null,
  last_seen: null,
} as const;
