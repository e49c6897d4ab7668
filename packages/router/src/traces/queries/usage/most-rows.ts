import { WrittenList, type WrittenRows } from "../written.ts";

/** Rows of one answer at most: some MB of JSON. */
export const MOST_ROWS = 20_000;

/** As many of the newest days as one answer holds, in the order of time. @param parts the newest day first */
export function newestDays<Part>(parts: Iterable<Part>, rowsOf: (part: Part) => WrittenRows) {
  const { pieces, isWhole } = asManyAsFit(parts, rowsOf);
  return { list: new WrittenList(pieces.toReversed()), isWhole };
}

/** The same, the newest first. */
export const newestFirst = <Part>(parts: Iterable<Part>, rowsOf: (part: Part) => WrittenRows): WrittenList =>
  new WrittenList(asManyAsFit(parts, rowsOf).pieces);

function asManyAsFit<Part>(parts: Iterable<Part>, rowsOf: (part: Part) => WrittenRows) {
  const pieces: WrittenRows[] = [];
  let count = 0;
  for (const part of parts) {
    const rows = rowsOf(part);
    count += rows.count;
    if (count > MOST_ROWS && pieces.length > 0) break;
    pieces.push(rows);
  }
  return { pieces, isWhole: count <= MOST_ROWS };
}
