import { CARRIAGE_RETURN, OPEN_BRACE, SPACE } from "../json/ascii.ts";
import { type RecordBytes, startsWith } from "../tap/record.ts";

/** What a reply is: server-sent events, or one JSON object. */
export type ReplyForm = "unknown" | "events" | "body";

/** Told by the first byte that is no blank; a chunk of blanks leaves it open. */
export const formOf = (chunk: Uint8Array): ReplyForm => {
  const first = chunk.find((byte) => byte > SPACE);
  if (first === undefined) return "unknown";
  return first === OPEN_BRACE ? "body" : "events";
};

/** Whether a line ends an event. */
export const isBlankLine = ({ bytes, start, end }: RecordBytes): boolean =>
  start === end || (end - start === 1 && bytes[start] === CARRIAGE_RETURN);

/** What follows `event:` or `data:` in a line, with at most one blank taken off; undefined for other lines. */
export const fieldOf = (line: RecordBytes, field: "event:" | "data:"): RecordBytes | undefined => {
  if (!startsWith(line, field)) return undefined;
  const start = line.start + field.length;
  return { ...line, start: line.bytes[start] === SPACE ? start + 1 : start };
};

/** The line ends that close what a stream was cut in: `openBytes` of a line that has not ended, or an event. */
export const closingOf = (openBytes: number, isInsideEvent: boolean): string => {
  if (openBytes > 0) return "\n\n";
  return isInsideEvent ? "\n" : "";
};
