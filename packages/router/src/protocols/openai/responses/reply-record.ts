import {
  asNumber,
  asObject,
  asText,
  errorTextOf,
  type JsonObject,
  parseObject,
  type RecordBytes,
  recordText,
} from "../../tap/record.ts";
import { type ReplyUsage, type TapReading, usageWithoutTimes } from "../../tap/tap.ts";

/** What the event that ends a stream tells. */
export type Ending = Pick<TapReading, "isClosed" | "error" | "usage" | "finishReason">;

/** Of a stream that has not ended. */
export const NO_ENDING: Ending = { isClosed: false, error: undefined, usage: undefined, finishReason: undefined };

const SEQUENCE = /"sequence_number"\s*:\s*(\d{1,15})/g;
const USAGE_KEY = '"usage":';

/** The number of an event, which may be cut in its middle; -1 when it has none. */
export const numberOf = (event: string): number => {
  const found = [...event.matchAll(SEQUENCE)].at(-1)?.[1];
  return found === undefined ? -1 : Number(found);
};

/** Reads the event with which a stream ended, by its name and payload. */
export const readEnding = (name: string, payload: string): Ending => {
  const record = parseObject(payload) ?? readCutEvent(payload);
  if (name === "error") return { ...NO_ENDING, error: errorIn(record) };
  return readResponse(asObject(record?.["response"]) ?? {}, name.slice("response.".length));
};

/** Reads a reply that is one JSON object, whole or not yet. */
export const readBody = (body: RecordBytes): TapReading => {
  const text = recordText(body);
  const record = body.isCut ? readMembersFromUsage(text) : parseObject(text);
  const told = record === undefined ? undefined : readResponse(record, asText(record["status"]) ?? "completed");
  return { ...(told ?? NO_ENDING), hasFirstToken: told !== undefined, contentRecords: told ? 1 : 0, closing: "" };
};

/** `status` is the one that the event's name or the object itself tells. One that failed is whole, too, and says so. */
const readResponse = (response: JsonObject, status: string): Ending => ({
  isClosed: true,
  error: undefined,
  usage: usageOf(asObject(response["usage"])),
  finishReason: finishReasonOf(response, status),
});

/** In the words of the other routes where they have one: `stop`, `tool_calls`, `length`; else the server's own. */
const finishReasonOf = (response: JsonObject, status: string): string => {
  if (status === "completed") return hasCall(response) ? "tool_calls" : "stop";
  if (status !== "incomplete") return status;
  const reason = asText(asObject(response["incomplete_details"])?.["reason"]);
  return reason === undefined || reason === "max_output_tokens" ? "length" : reason;
};

const hasCall = ({ output }: JsonObject): boolean =>
  Array.isArray(output) && output.some((item) => asObject(item)?.["type"] === "function_call");

const usageOf = (usage: JsonObject | undefined): ReplyUsage | undefined =>
  usage && usageWithoutTimes(asNumber(usage["input_tokens"]), asNumber(usage["output_tokens"]));

/** The flat form names the message itself, the nested one in `error`. */
const errorIn = (record: JsonObject | undefined): string =>
  errorTextOf(record) || (asText(record?.["message"]) ?? "") || "the response failed";

/**
 * Of an object too long to be kept, the members from `usage` on, which stand behind the output. Quotes inside texts are
 * escaped, so a quoted name is a key.
 */
const readMembersFromUsage = (text: string): JsonObject | undefined => {
  const usage = text.lastIndexOf(USAGE_KEY);
  return usage === -1 ? undefined : parseObject(`{${text.slice(usage)}`);
};

/** The same inside an event, where they are the last members of `response`. */
const readCutEvent = (text: string): JsonObject | undefined => {
  const usage = text.lastIndexOf(USAGE_KEY);
  return usage === -1 ? undefined : parseObject(`{"response":{${text.slice(usage)}`);
};
