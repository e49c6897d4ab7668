import {
  asNumber,
  asObject,
  asText,
  errorTextOf,
  isFilled,
  parseObject,
  type RecordBytes,
  recordText,
} from "../tap/record.ts";
import { type ReplyUsage, type TapReading, usageWithoutTimes } from "../tap/tap.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/** What the closing events of a stream told. */
export interface ToldAtEnd {
  readonly usage: ReplyUsage | undefined;
  readonly finishReason: string | undefined;
}

/** The usage in `message_start`. */
export const usageAtStart = (start: RecordBytes): JsonObject | undefined =>
  asObject(asObject(recordOf(start)?.["message"])?.["usage"]);

/**
 * Reads `message_delta`. What Ollama's `message_start` says of the prompt is a guess, so it counts only where the end is
 * silent about it, as Anthropic's own API may be.
 */
export const readEnd = (delta: RecordBytes | undefined, atStart: JsonObject | undefined): ToldAtEnd => {
  const record = recordOf(delta);
  const usage = asObject(record?.["usage"]);
  return {
    usage: usage === undefined ? undefined : usageOf({ ...atStart, ...usage }),
    finishReason: asText(asObject(record?.["delta"])?.["stop_reason"]),
  };
};

/** Reads a reply that is one JSON object, whole or not yet. */
export const readBody = (body: RecordBytes): TapReading => {
  const record = body.isCut ? readCutBody(recordText(body)) : recordOf(body);
  const isError = record !== undefined && "error" in record;
  const hasOutput = isFilled(record?.["content"]);
  return {
    hasFirstToken: hasOutput,
    isClosed: record !== undefined && !isError,
    error: isError ? errorTextOf(record) : undefined,
    contentRecords: hasOutput ? 1 : 0,
    usage: usageOf(asObject(record?.["usage"])),
    finishReason: asText(record?.["stop_reason"]),
    closing: "",
  };
};

const recordOf = (record: RecordBytes | undefined): JsonObject | undefined =>
  record === undefined || record.isCut ? undefined : parseObject(recordText(record));

const USAGE_KEY = '"usage":';
const REASON_KEY = '"stop_reason":"';

/**
 * Of a body too long to be kept, the usage at its end and the stop reason before it. Quotes inside texts are escaped, so
 * a quoted name is a key.
 */
const readCutBody = (text: string): JsonObject | undefined => {
  const usage = text.lastIndexOf(USAGE_KEY);
  const tail = usage === -1 ? undefined : parseObject(`{${text.slice(usage)}`);
  if (tail === undefined) return undefined;
  const reason = text.lastIndexOf(REASON_KEY);
  const stopReason = reason === -1 ? undefined : text.slice(reason + REASON_KEY.length).split('"', 1)[0];
  return { ...tail, stop_reason: stopReason, content: "cut" };
};

const usageOf = (usage: JsonObject | undefined): ReplyUsage | undefined =>
  usage && usageWithoutTimes(asNumber(usage["input_tokens"]), asNumber(usage["output_tokens"]));
