import type { ReplyTap } from "../domain/reply.ts";
import type { Tap } from "./tap/tap.ts";

/** Gives a dialect's tap the form in which the relay reads it. */
export function replyTapOf(tap: Tap): ReplyTap {
  return {
    observe: (chunk) => tap.observe(chunk),
    end: () => {
      const { isClosed, error, usage, finishReason, contentRecords, closing, nextSequence, mayEndHere } = tap.end();
      return {
        isComplete: isClosed,
        mayEndHere,
        errorText: error === "" ? "the runner of the model stopped" : error,
        isErrorVisible: error !== undefined && error !== "",
        promptTokens: usage?.promptTokens,
        outputTokens: usage?.outputTokens,
        loadMs: usage?.loadMs,
        prefillMs: usage?.promptMs,
        decodeMs: usage?.outputMs,
        finishReason,
        contentRecords,
        closePartialRecord: closing,
        nextSequence,
      };
    },
  };
}
