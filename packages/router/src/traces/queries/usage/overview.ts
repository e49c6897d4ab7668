import type { Connection } from "../../../storage/connection.ts";
import { cellParts } from "./cell-parts.ts";
import { mergeSums } from "./merge-sums.ts";
import { LAST } from "./usage-range.ts";
import { endsOf, meansOf, type SummedRow, tokensOf } from "./usage-row.ts";

/** All real work in the database, ever. `now` is Unix epoch seconds. */
export function createOverview(connection: Connection) {
  const parts = cellParts(connection);
  return ({ now }: { readonly now: number }) => {
    const days = [...parts.of({ from: 0, to: LAST, now })];
    const row = mergeSums<SummedRow>(
      days.flatMap(({ all }) => all ?? []),
      () => "",
    ).get("");
    if (row === undefined) return { ...nothing };
    // Models that were never reached are names that somebody typed.
    const models = new Set(days.flatMap(({ modelSums }) => modelSums.map(({ model }) => model)));
    return {
      total_requests: row.requests,
      ...tokensOf(row),
      total_tokens: row.prompt_tokens + row.completion_tokens,
      models_count: models.size,
      ...endsOf(row),
      ...meansOf(row),
      first_seen: row.first_seen,
      last_seen: row.last_seen,
    };
  };
}

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
