import { CARRIAGE_RETURN, OPEN_BRACE, SPACE } from "../json/ascii.ts";
import { LineKeeper, splitLines } from "../tap/line-keeper.ts";
import { errorTextOf, parseObject, type RecordBytes, recordText, startsWith } from "../tap/record.ts";
import type { Tap } from "../tap/tap.ts";
import { type JsonObject, readBody, readEnd, usageAtStart } from "./reply-record.ts";

/**
 * Ends what is open of an event as one that clients pass over: the last name given to an event counts, and the official
 * clients look at no content of a ping.
 */
const PASS_OVER = "event: ping\n\n";

/** Observes a reply of Anthropic's dialect: named server-sent events, or one JSON object. */
export const createTap = (): Tap => {
  const open = new LineKeeper();
  const events = new EventReader();
  let form: "unknown" | "events" | "body" = "unknown";
  const onLine = (line: RecordBytes): void => events.readLine(line);
  return {
    observe: (chunk) => {
      if (form === "unknown") form = formOf(chunk);
      if (form === "body") open.append(chunk, 0, chunk.length);
      else splitLines(chunk, open, onLine);
    },
    hasFirstToken: () => events.contentRecords > 0,
    end: () => {
      if (form === "body") return readBody(open.peek());
      const rest = open.length > 0 ? `\n${PASS_OVER}` : events.isInside ? PASS_OVER : "";
      return {
        ...readEnd(events.delta, events.startUsage),
        hasFirstToken: events.contentRecords > 0,
        isClosed: events.isStopped || events.isStop(open.peek()),
        error: events.error,
        contentRecords: events.contentRecords,
        closing: rest,
      };
    },
  };
};

/** Told by the first byte that is no blank; a chunk of blanks leaves it open. */
const formOf = (chunk: Uint8Array): "unknown" | "events" | "body" => {
  const first = chunk.find((byte) => byte > SPACE);
  if (first === undefined) return "unknown";
  return first === OPEN_BRACE ? "body" : "events";
};

/** Follows the events of one stream, line by line; of output it only counts the pieces. */
class EventReader {
  /** Between the first line of an event and the blank one that ends it. */
  isInside = false;
  isStopped = false;
  error: string | undefined;
  /** Pieces of output. */
  contentRecords = 0;
  startUsage: JsonObject | undefined;
  delta: RecordBytes | undefined;
  #name = "";

  readLine(line: RecordBytes): void {
    this.isInside = !isBlank(line);
    if (!this.isInside) this.#name = "";
    else if (startsWith(line, "event:")) this.#name = recordText(contentOf(line, "event:")).trim();
    else if (startsWith(line, "data:")) this.#readData(contentOf(line, "data:"));
  }

  /** Whether a line without its end is the content of the closing event. */
  isStop(line: RecordBytes): boolean {
    return startsWith(line, "data:") && this.#kindOf(contentOf(line, "data:")) === "message_stop" && isWhole(line);
  }

  #readData(content: RecordBytes): void {
    switch (this.#kindOf(content)) {
      case "content_block_delta":
        this.contentRecords += 1;
        break;
      case "message_start":
        this.startUsage = usageAtStart(content);
        break;
      case "message_delta":
        this.delta = content;
        break;
      case "message_stop":
        this.isStopped = true;
        break;
      case "error":
        this.error = errorTextOf(parseObject(recordText(content))) || "an error without a text";
        break;
    }
  }

  /** An event says what it is in its name, and again in its content. */
  #kindOf(content: RecordBytes): string {
    if (this.#name !== "") return this.#name;
    const kind = content.isCut ? "" : parseObject(recordText(content))?.["type"];
    return typeof kind === "string" ? kind : "";
  }
}

const isBlank = ({ bytes, start, end }: RecordBytes): boolean =>
  start === end || (end - start === 1 && bytes[start] === CARRIAGE_RETURN);

const isWhole = (line: RecordBytes): boolean => parseObject(recordText(contentOf(line, "data:"))) !== undefined;

/** What follows the name of a field, with at most one blank taken off. */
const contentOf = (line: RecordBytes, field: string): RecordBytes => {
  const start = line.start + field.length;
  return { ...line, start: line.bytes[start] === SPACE ? start + 1 : start };
};
