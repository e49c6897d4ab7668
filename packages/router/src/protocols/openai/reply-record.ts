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
} from "../tap/record.ts";
import { type ReplyUsage, type TapReading, usageWithoutTimes } from "../tap/tap.ts";

/** What one chunk of a stream tells. */
export interface Chunk {
  /** Text, reasoning or tool calls are in it. */
  readonly hasOutput: boolean;
  /** It ends the choice, or has no choice at all. */
  readonly isEnding: boolean;
  /** It has neither a model nor output: what remains of a dying runner's error. */
  readonly isHollow: boolean;
  readonly finishReason: string | undefined;
  readonly usage: ReplyUsage | undefined;
}

export const toChunk = (record: JsonObject | undefined): Chunk | undefined => {
  if (record === undefined) return undefined;
  const choices = Array.isArray(record["choices"]) ? record["choices"] : [];
  const choice = asObject(choices[0]);
  const hasOutput = hasText(choice);
  const finishReason = asText(choice?.["finish_reason"]);
  const isEnding = choice === undefined || finishReason !== undefined;
  return {
    hasOutput,
    isEnding,
    isHollow: record["model"] === "" && !hasOutput && !isEnding,
    finishReason,
    usage: isEnding ? usageOf(asObject(record["usage"])) : undefined,
  };
};

export const carriesOutput = (chunk: Chunk | undefined): boolean => chunk?.hasOutput === true;

/** Reads the last chunks of a stream. */
export const readEvents = (
  chunks: readonly (Chunk | undefined)[],
  stream: { readonly events: number; readonly isDone: boolean; readonly error: string | undefined },
): Omit<TapReading, "hasFirstToken" | "closing"> => {
  const last = chunks.at(-1);
  const isCutShort = !stream.isDone && last?.isHollow === true;
  const silent = chunks.filter(
    (chunk) => chunk !== undefined && !chunk.hasOutput && (chunk.isEnding || chunk.isHollow),
  );
  const error = stream.error ?? (isCutShort ? "" : undefined);
  const finishReason = chunks.findLast((chunk) => chunk?.finishReason !== undefined)?.finishReason;
  return {
    isClosed: stream.isDone,
    // Some servers send no closing mark. A reply of Ollama that dies has told no finish reason.
    mayEndHere: error === undefined && finishReason !== undefined && last?.isEnding === true,
    error,
    contentRecords: stream.events - silent.length,
    usage: chunks.findLast((chunk) => chunk?.usage !== undefined)?.usage,
    finishReason,
  };
};

/** Reads a reply that is one JSON object, whole or not yet. */
export const readBody = (body: RecordBytes): TapReading => {
  const record = body.isCut ? readCutBody(recordText(body)) : parseObject(recordText(body));
  const choice = asObject(Array.isArray(record?.["choices"]) ? record["choices"][0] : undefined);
  const hasOutput = body.isCut ? record !== undefined : hasText(choice);
  return {
    hasFirstToken: hasOutput,
    isClosed: record !== undefined && !("error" in record),
    error: record !== undefined && "error" in record ? errorTextOf(record) : undefined,
    contentRecords: hasOutput ? 1 : 0,
    usage: usageOf(asObject(record?.["usage"])),
    finishReason: asText(choice?.["finish_reason"]),
    closing: "",
  };
};

const USAGE_KEY = '"usage":';
const FINISH_KEY = '"finish_reason":"';

/**
 * Of a body too long to be kept, the usage at its end and the finish reason before it. Quotes inside texts are escaped,
 * so a quoted name is a key.
 */
const readCutBody = (text: string): JsonObject | undefined => {
  const usage = text.lastIndexOf(USAGE_KEY);
  const tail = usage === -1 ? undefined : parseObject(`{${text.slice(usage)}`);
  if (tail === undefined) return undefined;
  const finish = text.lastIndexOf(FINISH_KEY);
  const reason = finish === -1 ? undefined : text.slice(finish + FINISH_KEY.length).split('"', 1)[0];
  return { ...tail, choices: [{ finish_reason: reason }] };
};

const hasText = (choice: JsonObject | undefined): boolean => {
  const said = asObject(choice?.["delta"]) ?? asObject(choice?.["message"]);
  return [
    choice?.["text"],
    said?.["content"],
    said?.["reasoning"],
    said?.["reasoning_content"],
    said?.["tool_calls"],
  ].some(isFilled);
};

/** The cost that a `usage` member tells. */
export const usageOf = (usage: JsonObject | undefined): ReplyUsage | undefined =>
  usage && usageWithoutTimes(asNumber(usage["prompt_tokens"]), asNumber(usage["completion_tokens"]));
