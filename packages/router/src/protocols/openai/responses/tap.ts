import { LineKeeper, splitLines } from "../../tap/line-keeper.ts";
import { type RecordBytes, recordText, startsWith } from "../../tap/record.ts";
import type { Tap } from "../../tap/tap.ts";
import { closingOf, fieldOf, formOf, isBlankLine, type ReplyForm } from "../event-lines.ts";
import { NO_ENDING, numberOf, readBody, readEnding } from "./reply-record.ts";

/** The events of which one ends every whole stream, and the one that says that it failed. */
const endings: ReadonlySet<string> = new Set(["response.completed", "response.incomplete", "response.failed", "error"]);

const DELTA = ".delta";

/** Longer names are none of an event that matters. */
const LONGEST_NAME = 100;

/**
 * Observes a reply of `/v1/responses`: numbered server-sent events without a closing mark, or one JSON object. The names of
 * the events tell what is needed while they pass; only the last ones are parsed.
 */
export const createTap = (): Tap => {
  const open = new LineKeeper();
  let form: ReplyForm = "unknown";
  let name = "";
  let last: RecordBytes | undefined;
  let ending: { readonly name: string; readonly payload: RecordBytes } | undefined;
  let deltas = 0;
  let isInsideEvent = false;

  const onLine = (line: RecordBytes): void => {
    isInsideEvent = !isBlankLine(line);
    if (!isInsideEvent) name = "";
    const named = fieldOf(line, "event:");
    if (named !== undefined) name = nameIn(named);
    const payload = fieldOf(line, "data:");
    if (payload !== undefined) onEvent(payload);
  };
  const onEvent = (payload: RecordBytes): void => {
    last = payload;
    if (name.endsWith(DELTA)) deltas += 1;
    else if (endings.has(name)) ending = { name, payload };
  };

  return {
    observe: (chunk) => {
      if (form === "unknown") form = formOf(chunk);
      if (form === "body") open.append(chunk, 0, chunk.length);
      else splitLines(chunk, open, onLine);
    },
    hasFirstToken: () => deltas > 0,
    end: () => {
      if (form === "body") return readBody(open.peek());
      const told = ending === undefined ? NO_ENDING : readEnding(ending.name, recordText(ending.payload));
      const closing = closingOf(open.length, isInsideEvent);
      return { ...told, hasFirstToken: deltas > 0, contentRecords: deltas, closing, nextSequence: nextAfter(last) };
    },
  };
};

const nameIn = (field: RecordBytes): string =>
  field.end - field.start > LONGEST_NAME || !(startsWith(field, "response.") || startsWith(field, "error"))
    ? ""
    : recordText(field).trimEnd();

const nextAfter = (last: RecordBytes | undefined): number => (last === undefined ? 0 : numberOf(recordText(last)) + 1);
