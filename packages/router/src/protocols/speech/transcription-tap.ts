import { NOTHING_TOLD, type ReplyTap, type ReplyTapReading } from "../../domain/reply.ts";

/** Bytes kept of a reply; a longer one is taken for whole when it ends. */
const MOST_KEPT = 64 * 2 ** 10;

/** Watches a transcription pass by: JSON, plain text, or events. Its end is that of the message; only usage is read from it. */
export function createTranscriptionTap(): ReplyTap {
  const kept: Uint8Array[] = [];
  let size = 0;
  return {
    observe: (chunk) => {
      if (size < MOST_KEPT) kept.push(chunk.slice(0, MOST_KEPT - size));
      size += chunk.length;
    },
    end: () => readingOf(Buffer.concat(kept).toString(), size > MOST_KEPT),
  };
}

function readingOf(text: string, isCut: boolean): ReplyTapReading {
  if (text === "") return NOTHING_TOLD;
  const isEvents = /^\s*(data|event):/.test(text);
  const isJson = !isEvents && /^\s*\{/.test(text);
  const told = isJson && !isCut ? objectIn(text) : undefined;
  // Plain text has no closing mark: any of it may be all of it.
  const isWhole = isJson ? told !== undefined : !isEvents || /"transcript\.text\.done"|\[DONE\]/.test(text);
  const usage = objectOf(told?.["usage"]);
  return {
    ...NOTHING_TOLD,
    isComplete: isCut || isWhole,
    contentRecords: 1,
    promptTokens: numberOf(usage?.["input_tokens"] ?? usage?.["prompt_tokens"]),
    outputTokens: numberOf(usage?.["output_tokens"] ?? usage?.["completion_tokens"]),
  };
}

/** The last record where there are several, each on its line. */
function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  return parsed(text) ?? parsed(text.trimEnd().split("\n").at(-1) ?? "");
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    // Half an object is no fault: the reply has not ended yet.
    return undefined;
  }
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;

const numberOf = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;
