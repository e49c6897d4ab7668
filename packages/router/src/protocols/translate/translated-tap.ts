import type { ReplyTap } from "../../domain/reply.ts";
import { replyTapOf } from "../reply-tap.ts";
import type { Tap } from "../tap/tap.ts";

/**
 * A tap for the bytes of a backend whose reply is translated. The client never sees those: not their errors, and never a
 * part of a record. Some servers with OpenAI's API end a stream without its mark; one that told why it ended is whole.
 */
export const translatedTapOf = (tap: Tap): ReplyTap => {
  const inner = replyTapOf(tap);
  return {
    observe: (chunk) => inner.observe(chunk),
    end: () => {
      const reading = inner.end();
      const hasEnded = reading.errorText === undefined && reading.finishReason !== undefined;
      return {
        ...reading,
        mayEndHere: hasEnded,
        isErrorVisible: false,
        closePartialRecord: "",
      };
    },
  };
};
