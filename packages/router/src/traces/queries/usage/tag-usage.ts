import type { Connection } from "../../../storage/connection.ts";
import { MOST_ROWS, whole } from "./most-rows.ts";
import { type UsageQuestion, usageRange } from "./usage-range.ts";
import { endsOf, meansOf, SUMS, type SummedRow, tokensOf } from "./usage-row.ts";

type TagRow = SummedRow & { readonly tag: string; readonly bucket: number };

/** What was done under each tag in a span, most used first. A request counts under each of its tags. */
export function createTagUsage(connection: Connection) {
  const select = connection.prepare<[number, number], TagRow>(TAG_SUMS);
  return (question: UsageQuestion) => {
    const { fromHour, toHour } = usageRange(question);
    const rows = select.all(fromHour, toHour);
    const tags = rows.slice(0, MOST_TAGS);
    return { data: tags.map(tagView), summary: tags.map(summaryView), is_complete: rows.length <= MOST_TAGS };
  };
}

/** The same per UTC day. */
export function createTagDays(connection: Connection) {
  const select = connection.prepare<[number, number], TagRow>(TAG_DAYS);
  return (question: UsageQuestion) => {
    const { fromHour, toHour } = usageRange(question);
    const { rows, isWhole } = whole(select.all(fromHour, toHour));
    return { data: rows.map(dayView), is_complete: isWhole };
  };
}

const tagView = (row: TagRow) => ({
  tag: row.tag,
  request_count: row.requests,
  ...endsOf(row),
  ...meansOf(row),
  ...tokensOf(row),
});

const summaryView = ({ requests, ...row }: TagRow) => {
  const { request_count, ...view } = tagView({ requests, ...row });
  return { ...view, total_requests: request_count, first_seen: row.first_seen, last_seen: row.last_seen };
};

const dayView = (row: TagRow) => ({
  tag: row.tag,
  day_bucket: row.bucket,
  request_count: row.requests,
  avg_latency_ms: meansOf(row).avg_latency_ms,
  total_tokens: row.prompt_tokens + row.completion_tokens,
});

/** Tags of one answer at most: clients choose their names. */
const MOST_TAGS = 1000;

const cells = "FROM usage_tags_hourly WHERE hour >= ? AND hour < ? AND traffic = ''";

export const TAG_SUMS = `SELECT tag, ${SUMS} ${cells} GROUP BY tag ORDER BY sum(requests) DESC, tag LIMIT ${MOST_TAGS + 1}`;

export const TAG_DAYS = `SELECT tag, hour / 86400 * 86400 AS bucket, ${SUMS} ${cells}
  GROUP BY bucket, tag ORDER BY bucket, tag LIMIT ${MOST_ROWS + 1}`;
