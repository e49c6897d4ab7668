import { CLOSE_BRACE } from "../json/ascii.ts";
import { LineKeeper, splitLines } from "../tap/line-keeper.ts";
import {
  asNumber,
  asObject,
  asText,
  errorTextOf,
  isFilled,
  type JsonObject,
  parseObject,
  type RecordBytes,
  recordText,
  startsWith,
} from "../tap/record.ts";
import type { ReplyUsage, Tap, TapReading } from "../tap/tap.ts";

const ERROR_START = '{"error"';
const NANOSECONDS_PER_MS = 1e6;

/** The first of the numbers that only a closing record carries. */
const FIRST_METRIC = '"total_duration":';
const DONE_REASON = /"done_reason":"([a-z_]+)"/;

/** Records at the beginning that are looked at for output; a later one has it, if in a form that is not known here. */
const LOOKED_AT_RECORDS = 3;

/** Observes a native reply: NDJSON records, or one JSON object. */
export const createTap = (): Tap => {
  const open = new LineKeeper();
  let records = 0;
  let last: RecordBytes | undefined;
  let error: string | undefined;
  let hasFirstToken = false;

  const onLine = (line: RecordBytes): void => {
    if (line.start === line.end) return;
    if (startsWith(line, ERROR_START)) {
      error = errorTextOf(parseObject(recordText(line)));
      return;
    }
    records += 1;
    last = line;
    if (!hasFirstToken) hasFirstToken = records > LOOKED_AT_RECORDS || line.isCut || carriesOutput(readRecord(line));
  };

  return {
    observe: (chunk) => splitLines(chunk, open, onLine),
    hasFirstToken: () => hasFirstToken,
    end: () => {
      const rest = readRest(open.peek(), records === 0);
      const closing = open.length === 0 ? "" : "\n";
      const ended = { records, last: last && readRecord(last), error, hasFirstToken, closing };
      return rest === undefined ? readingOf(ended) : readingOf(withRest(ended, rest));
    },
  };
};

interface Ended {
  readonly records: number;
  /** The last record, if it can be read. */
  readonly last: JsonObject | undefined;
  readonly error: string | undefined;
  readonly hasFirstToken: boolean;
  readonly closing: string;
}

/** Counts a whole object without a line end as a record: the form of replies that are no streams. */
const withRest = (ended: Ended, rest: JsonObject): Ended =>
  "error" in rest
    ? { ...ended, error: errorTextOf(rest) }
    : {
        ...ended,
        records: ended.records + 1,
        last: rest,
        hasFirstToken: ended.hasFirstToken || carriesOutput(rest),
      };

const readingOf = ({ records, last, error, hasFirstToken, closing }: Ended): TapReading => {
  // The answer to a request that only renders the prompt is one object, and says that it is not done.
  const isClosed = last !== undefined && (last["done"] !== false || "_debug_info" in last);
  return {
    hasFirstToken,
    isClosed,
    error,
    contentRecords: isClosed && !hasText(last) ? records - 1 : records,
    usage: isClosed ? usageOf(last) : undefined,
    finishReason: isClosed ? asText(last["done_reason"]) : undefined,
    closing,
  };
};

/** The record's members; of one that was cut those that matter. undefined when it is no whole object. */
const readRecord = (record: RecordBytes): JsonObject | undefined =>
  record.isCut ? readCutRecord(recordText(record)) : parseObject(recordText(record));

/**
 * What stands after the last line end, if it is whole. The only object of a reply may be of another kind, without `done`,
 * as that of `/api/show`; of one that was cut the last byte must do.
 */
const readRest = (rest: RecordBytes, isOnly: boolean): JsonObject | undefined => {
  if (rest.start === rest.end) return undefined;
  const record = readRecord(rest);
  if (record !== undefined || !rest.isCut || !isOnly) return record;
  return rest.bytes[rest.end - 1] === CLOSE_BRACE ? {} : undefined;
};

/** Quotes inside texts are escaped, so a quoted name is a key; in a closing record the numbers stand last. */
const readCutRecord = (text: string): JsonObject | undefined => {
  const metrics = text.lastIndexOf(FIRST_METRIC);
  const tail = metrics === -1 ? undefined : parseObject(`{${text.slice(metrics)}`);
  return tail === undefined ? undefined : { done: true, done_reason: DONE_REASON.exec(text)?.[1], ...tail };
};

const carriesOutput = (record: JsonObject | undefined): boolean =>
  record !== undefined && (record["done"] === false || hasText(record));

/** Whether a record has text, thinking or tool calls; a cut one is told by its count of tokens. */
const hasText = (record: JsonObject): boolean => {
  const message = asObject(record["message"]) ?? record;
  const isCut = !("message" in record) && !("response" in record);
  return isCut
    ? (asNumber(record["eval_count"]) ?? 0) > 0
    : [message["content"], message["thinking"], message["tool_calls"], record["response"]].some(isFilled);
};

const usageOf = (record: JsonObject): ReplyUsage => ({
  promptTokens: asNumber(record["prompt_eval_count"]),
  outputTokens: asNumber(record["eval_count"]),
  totalMs: toMs(record["total_duration"]),
  loadMs: toMs(record["load_duration"]),
  promptMs: toMs(record["prompt_eval_duration"]),
  outputMs: toMs(record["eval_duration"]),
});

/** Ollama's durations are whole nanoseconds. */
export const toMs = (nanoseconds: unknown): number | undefined => {
  const number = asNumber(nanoseconds);
  return number === undefined ? undefined : number / NANOSECONDS_PER_MS;
};
