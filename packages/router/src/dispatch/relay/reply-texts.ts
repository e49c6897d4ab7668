import type { ReplyTapReading } from "../../domain/reply.ts";
import type { ReplyUsage } from "../attempt-result.ts";
import { headerOf } from "../upstream-headers.ts";

/** The numbers of a reading that outlive the reply. */
export function usageOf(reading: ReplyTapReading): ReplyUsage {
  const { promptTokens, outputTokens, loadMs, prefillMs, decodeMs, finishReason, contentRecords } = reading;
  return { promptTokens, outputTokens, loadMs, prefillMs, decodeMs, finishReason, contentRecords };
}

/** Status and beginning of an error answer, for records. */
export function detailOf(status: number, text: string): string {
  return `HTTP ${status}: ${text.slice(0, 500).trim()}`;
}

/** All chunks in one piece. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  return chunks.length === 1 ? (chunks[0] ?? new Uint8Array()) : Buffer.concat(chunks);
}

/** Raw headers as texts: name, value, name, value … */
export function textsOf(raw: unknown): readonly string[] {
  if (!Array.isArray(raw)) return [];
  return raw.map((part: string | Buffer) => (typeof part === "string" ? part : part.toString("latin1")));
}

const STREAM = /^\s*(text\/event-stream|application\/(x-)?ndjson)\b/i;

/** Whether an answer is a stream of records of which the last one says that it is the last; not where a length says it. */
export function isOpenStream(headers: readonly string[]): boolean {
  return STREAM.test(headerOf(headers, "content-type") ?? "") && headerOf(headers, "content-length") === undefined;
}
