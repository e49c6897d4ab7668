import type { Connection } from "../../../storage/connection.ts";
import { type UsageQuestion, usageRange } from "./usage-range.ts";
import { endsOf, meansOf, SUMS, type SummedRow, tokensOf } from "./usage-row.ts";

/** Real work per UTC hour; hours without any are left out. */
export function createTrends(connection: Connection) {
  const hours = connection.prepare<[number, number], SummedRow & { readonly hour: number }>(TRENDS);
  return (question: UsageQuestion) => {
    const { fromHour, toHour } = usageRange(question);
    return hours.all(fromHour, toHour).map((row) => ({
      hour_bucket: row.hour,
      request_count: row.requests,
      ...meansOf(row),
      ...tokensOf(row),
      ...endsOf(row),
    }));
  };
}

/** In the order of the primary key, so that nothing is sorted. */
export const TRENDS = `SELECT hour, ${SUMS} FROM usage_hourly WHERE hour >= ? AND hour < ? AND traffic = ''
  GROUP BY hour ORDER BY hour`;
