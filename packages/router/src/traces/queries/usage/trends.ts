import type { Connection } from "../../../storage/connection.ts";
import { WrittenList, type WrittenRows, writeAnswer, writeRows } from "../written.ts";
import { createDayParts, perConnection } from "./day-parts.ts";
import type { WrittenQuestion } from "./usage-range.ts";
import { endsOf, meansOf, SUMS, type SummedRow, tokensOf } from "./usage-row.ts";

type HourRow = SummedRow & { readonly hour: number };

/** In the order of the primary key, so that nothing is sorted. */
export const TRENDS = `SELECT hour, ${SUMS} FROM usage_hourly WHERE hour >= ? AND hour < ? AND traffic = ''
  GROUP BY hour ORDER BY hour`;

/** The hours of each day. */
export const hourParts = perConnection((connection: Connection) => {
  const select = connection.prepare<[number, number], HourRow>(TRENDS);
  return createDayParts<WrittenRows>(connection, {
    table: "usage_hourly",
    make: (fromHour, toHour) => writeRows(select.all(fromHour, toHour).map(hourView)),
    weigh: ({ bytes }) => bytes.length,
  });
});

/** Real work per UTC hour: JSON `{data}`; hours without any are left out. */
export function createTrends(connection: Connection): (question: WrittenQuestion) => Uint8Array {
  const parts = hourParts(connection);
  return (question) => writeAnswer({ ...question.head, data: new WrittenList([...parts.of(question)].reverse()) });
}

const hourView = (row: HourRow) => ({
  hour_bucket: row.hour,
  request_count: row.requests,
  ...meansOf(row),
  ...tokensOf(row),
  ...endsOf(row),
});
