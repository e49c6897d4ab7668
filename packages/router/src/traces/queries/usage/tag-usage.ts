import type { Connection } from "../../../storage/connection.ts";
import { type WrittenRows, writeAnswer, writeRows } from "../written.ts";
import { createDayParts, perConnection } from "./day-parts.ts";
import { mergeSums } from "./merge-sums.ts";
import { newestDays } from "./most-rows.ts";
import { dayOf, type WrittenQuestion } from "./usage-range.ts";
import { endsOf, meansOf, SUMS, type SummedRow, tokensOf } from "./usage-row.ts";

type TagSums = SummedRow & { readonly tag: string };

/** What is told of a day's tags. */
interface TagPart {
  readonly tags: WrittenRows;
  readonly sums: readonly TagSums[];
}

/** Tags of one answer at most: clients choose their names. */
const MOST_TAGS = 1000;

/** Real work of some hours by tag. */
export const TAG_SUMS = `SELECT tag, ${SUMS} FROM usage_tags_hourly WHERE hour >= ? AND hour < ? AND traffic = ''
  GROUP BY tag ORDER BY tag`;

/** The tags of each day. */
export const tagParts = perConnection((connection: Connection) => {
  const select = connection.prepare<[number, number], TagSums>(TAG_SUMS);
  return createDayParts<TagPart>(connection, {
    table: "usage_tags_hourly",
    make: (fromHour, toHour) => partOf(select.all(fromHour, toHour), dayOf(fromHour)),
    weigh: ({ tags, sums }) => tags.bytes.length + sums.length * SUMS_BYTES,
  });
});

/** Memory of the sums of one tag. */
const SUMS_BYTES = 400;

const partOf = (sums: readonly TagSums[], day: number): TagPart => ({
  tags: writeRows(sums.map((row) => dayView(row, day))),
  sums,
});

/** What was done under each tag in a span, most used first: JSON `{data, summary, is_complete}`. A request counts under each of its tags. */
export function createTagUsage(connection: Connection): (question: WrittenQuestion) => Uint8Array {
  const parts = tagParts(connection);
  return (question) => {
    const all = mergeSums(allOf(parts.of(question)), ({ tag }) => tag);
    const tags = [...all.values()].toSorted(mostUsedFirst).slice(0, MOST_TAGS);
    const summary = tags.map(summaryView);
    return writeAnswer({ ...question.head, data: tags.map(tagView), summary, is_complete: all.size <= MOST_TAGS });
  };
}

/** The same per UTC day: JSON `{data, is_complete}`. */
export function createTagDays(connection: Connection): (question: WrittenQuestion) => Uint8Array {
  const parts = tagParts(connection);
  return (question) => {
    const { list, isWhole } = newestDays(parts.of(question), ({ tags }) => tags);
    return writeAnswer({ ...question.head, data: list, is_complete: isWhole });
  };
}

function* allOf(parts: Iterable<TagPart>): Generator<TagSums> {
  for (const { sums } of parts) yield* sums;
}

const mostUsedFirst = (one: TagSums, other: TagSums): number =>
  other.requests - one.requests || (one.tag < other.tag ? -1 : 1);

const tagView = (row: TagSums) => ({
  tag: row.tag,
  request_count: row.requests,
  ...endsOf(row),
  ...meansOf(row),
  ...tokensOf(row),
});

const summaryView = (row: TagSums) => {
  const { request_count, ...view } = tagView(row);
  return { ...view, total_requests: request_count, first_seen: row.first_seen, last_seen: row.last_seen };
};

const dayView = (row: TagSums, day: number) => ({
  tag: row.tag,
  day_bucket: day,
  request_count: row.requests,
  avg_latency_ms: meansOf(row).avg_latency_ms,
  total_tokens: row.prompt_tokens + row.completion_tokens,
});
