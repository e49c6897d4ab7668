import type { Connection } from "../../../storage/connection.ts";
import { cellsOf, daySums } from "./day-sums.ts";
import { MOST_ROWS, whole } from "./most-rows.ts";
import type { UsageQuestion } from "./usage-range.ts";
import { endsOf, meansOf, SUMMED, SUMS, type SummedRow, tokensOf } from "./usage-row.ts";

type NodeRow = SummedRow & {
  readonly node_id: string;
  readonly model: string;
  readonly bucket: number;
  readonly joules: number;
  readonly joules_estimated: number;
};

/** What each node did with each model, per UTC day. Requests that reached no node have an empty `node_id`. */
export function createNodeUsage(connection: Connection) {
  const prepareDays = daySums(connection);
  const select = connection.prepare<[object], NodeRow>(NODE_USAGE);
  return (question: UsageQuestion) => {
    const { rows, isWhole } = whole(select.all(prepareDays(question)));
    return { data: rows.map(usageView), is_complete: isWhole };
  };
}

const usageView = (row: NodeRow) => ({
  node_id: row.node_id,
  model: row.model,
  day_bucket: row.bucket,
  request_count: row.requests,
  ...endsOf(row),
  ...meansOf(row),
  ...tokensOf(row),
  total_retries: row.retries,
  total_fallbacks: row.fallbacks,
  joules: row.joules,
  joules_estimated: row.joules_estimated,
});

export const NODE_USAGE = `SELECT node_id, model, bucket, ${SUMS}, sum(joules) AS joules,
  sum(joules_estimated) AS joules_estimated FROM ${cellsOf([...SUMMED, "joules", "joules_estimated"])}
  GROUP BY bucket, node_id, model ORDER BY bucket, node_id, model LIMIT ${MOST_ROWS + 1}`;
