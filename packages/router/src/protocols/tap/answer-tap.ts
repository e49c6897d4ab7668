import { OPEN_BRACE, skipBlanks } from "../json/ascii.ts";
import { LineKeeper } from "./line-keeper.ts";
import { errorTextOf, type JsonObject, parseObject, type RecordBytes, recordText } from "./record.ts";
import type { ReplyUsage, Tap, TapReading } from "./tap.ts";

/**
 * What the members of an answer tell of its cost. Of an answer too long to be kept they are those behind its last list, and
 * `text` is its beginning and its end.
 */
export type ReadUsage = (members: JsonObject, text: string) => ReplyUsage | undefined;

/**
 * Observes an answer that is one JSON object around a long list of vectors or images. Of a long one only the beginning and
 * the end are kept, and only what follows the last list is parsed: it must end an object, else the answer is not whole. (A cut
 * message is an error of its own; this finds only those that were ended cleanly too early.)
 */
export const createAnswerTap = (readUsage: ReadUsage): Tap => {
  const kept = new LineKeeper();
  const membersNow = (): JsonObject | undefined => readMembers(kept.peek());
  return {
    observe: (chunk) => {
      if (chunk.length > 0) kept.append(chunk, 0, chunk.length);
    },
    hasFirstToken: () => membersNow() !== undefined,
    end: () => readingOf(membersNow(), recordText(kept.peek()), readUsage),
  };
};

const readingOf = (members: JsonObject | undefined, text: string, readUsage: ReadUsage): TapReading => {
  const error = hasError(members) ? errorTextOf(members) : undefined;
  const isClosed = members !== undefined && error === undefined;
  return {
    hasFirstToken: isClosed,
    isClosed,
    error,
    contentRecords: 0,
    usage: isClosed ? readUsage(members, text) : undefined,
    finishReason: undefined,
    closing: "",
  };
};

/** Some servers tell in every answer that there was no error. */
const hasError = (members: JsonObject | undefined): boolean => (members?.["error"] ?? null) !== null;

const readMembers = (answer: RecordBytes): JsonObject | undefined => {
  const text = recordText(answer);
  if (!answer.isCut) return parseObject(text);
  const isObject = answer.bytes[skipBlanks(answer.bytes, answer.start)] === OPEN_BRACE;
  return isObject ? readClosingMembers(text) : undefined;
};

/** Of `…[…]],"a":1}` the object `{"a":1}`; undefined when what follows the last list does not end an object. */
const readClosingMembers = (text: string): JsonObject | undefined => {
  const listEnd = text.lastIndexOf("]");
  if (listEnd === -1) return undefined;
  return parseObject(`{${text.slice(listEnd + 1).replace(/^\s*,/, "")}`);
};
