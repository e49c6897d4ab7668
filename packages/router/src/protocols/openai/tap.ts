import { CARRIAGE_RETURN, OPEN_BRACE, SPACE } from "../json/ascii.ts";
import { LineKeeper, splitLines } from "../tap/line-keeper.ts";
import { errorTextOf, parseObject, type RecordBytes, recordText, startsWith } from "../tap/record.ts";
import type { Tap } from "../tap/tap.ts";
import { type Chunk, carriesOutput, readBody, readEvents, toChunk } from "./reply-record.ts";

/** Events at the end of a stream that may tell the finish reason and the usage. */
const KEPT_EVENTS = 3;

/** Observes a reply of the OpenAI dialect: server-sent events, or one JSON object. */
export const createTap = (): Tap => {
  const open = new LineKeeper();
  let form: "unknown" | "events" | "body" = "unknown";
  const kept: RecordBytes[] = [];
  let events = 0;
  let isDone = false;
  let error: string | undefined;
  let hasFirstToken = false;
  let isInsideEvent = false;

  const onLine = (line: RecordBytes): void => {
    const payload = payloadOf(line);
    isInsideEvent = !isBlank(line);
    if (payload === undefined) return;
    if (isDoneMark(payload)) isDone = true;
    else if (startsWith(payload, '{"error"')) error = errorTextOf(parseObject(recordText(payload)));
    else onEvent(payload);
  };
  const onEvent = (payload: RecordBytes): void => {
    events += 1;
    if (kept.length === KEPT_EVENTS) kept.shift();
    kept.push(payload);
    if (!hasFirstToken) hasFirstToken = carriesOutput(readEvent(payload));
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
      const closing = open.length > 0 ? "\n\n" : isInsideEvent ? "\n" : "";
      const stream = { events, isDone: isDone || isDoneMark(payloadOf(open.peek())), error };
      return { ...readEvents(kept.map(readEvent), stream), hasFirstToken, closing };
    },
  };
};

/** Told by the first byte that is no blank; a chunk of blanks leaves it open. */
const formOf = (chunk: Uint8Array): "unknown" | "events" | "body" => {
  const first = chunk.find((byte) => byte > SPACE);
  if (first === undefined) return "unknown";
  return first === OPEN_BRACE ? "body" : "events";
};

const isBlank = ({ bytes, start, end }: RecordBytes): boolean =>
  start === end || (end - start === 1 && bytes[start] === CARRIAGE_RETURN);

/** What follows `data:` in a line, with at most one blank taken off; undefined for other lines. */
const payloadOf = (line: RecordBytes): RecordBytes | undefined => {
  if (!startsWith(line, "data:")) return undefined;
  const start = line.start + "data:".length;
  return { ...line, start: line.bytes[start] === SPACE ? start + 1 : start };
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
