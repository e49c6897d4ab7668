import { LineKeeper, splitLines } from "../tap/line-keeper.ts";
import { errorTextOf, parseObject, type RecordBytes, recordText, startsWith } from "../tap/record.ts";
import type { Tap } from "../tap/tap.ts";
import { closingOf, fieldOf, formOf, isBlankLine, type ReplyForm } from "./event-lines.ts";
import { type Chunk, carriesOutput, readBody, readEvents, toChunk } from "./reply-record.ts";

/** Events at the end of a stream that may tell the finish reason and the usage. */
const KEPT_EVENTS = 3;

/** Events at the beginning that are looked at for output; a later one has it, if in a form that is not known here. */
const LOOKED_AT_EVENTS = 3;

/** Observes a reply of the OpenAI dialect: server-sent events, or one JSON object. */
export const createTap = (): Tap => {
  const open = new LineKeeper();
  let form: ReplyForm = "unknown";
  const kept: RecordBytes[] = [];
  let events = 0;
  let isDone = false;
  let error: string | undefined;
  let hasFirstToken = false;
  let isInsideEvent = false;

  const onLine = (line: RecordBytes): void => {
    const payload = fieldOf(line, "data:");
    isInsideEvent = !isBlankLine(line);
    if (payload === undefined) return;
    if (isDoneMark(payload)) isDone = true;
    else if (startsWith(payload, '{"error"')) error = errorTextOf(parseObject(recordText(payload)));
    else onEvent(payload);
  };
  const onEvent = (payload: RecordBytes): void => {
    events += 1;
    if (kept.length === KEPT_EVENTS) kept.shift();
    kept.push(payload);
    if (!hasFirstToken) hasFirstToken = events > LOOKED_AT_EVENTS || carriesOutput(readEvent(payload));
  };

  return {
    observe: (chunk) => {
      if (form === "unknown") form = formOf(chunk);
      if (form === "body") open.append(chunk, 0, chunk.length);
      else splitLines(chunk, open, onLine);
    },
    hasFirstToken: () => hasFirstToken,
    end: () => {
      if (form === "body") return readBody(open.peek());
      const closing = closingOf(open.length, isInsideEvent);
      const stream = { events, isDone: isDone || isDoneMark(fieldOf(open.peek(), "data:")), error };
      const told = readEvents(kept.map(readEvent), stream);
      return { ...told, mayEndHere: told.mayEndHere === true && closing === "", hasFirstToken, closing };
    },
  };
};

const isDoneMark = (payload: RecordBytes | undefined): boolean =>
  payload !== undefined && startsWith(payload, "[DONE]");

/** A cut event is one that carries much. */
const readEvent = (payload: RecordBytes): Chunk | undefined =>
  payload.isCut ? { ...emptyChunk, hasOutput: true } : toChunk(parseObject(recordText(payload)));

const emptyChunk: Chunk = {
  hasOutput: false,
  isEnding: false,
  isHollow: false,
  finishReason: undefined,
  usage: undefined,
};
