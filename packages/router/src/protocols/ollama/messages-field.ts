import { skipValue } from "../json/skip.ts";
import { valueKind } from "../json/value-kind.ts";
import { countElements } from "../json/walk.ts";
import type { Draft } from "../reading/draft.ts";
import { createObjectReader, type ReadField } from "../reading/object-reader.ts";
import {
  countCalls,
  countText,
  createPromptTally,
  noteTally,
  type PromptTally,
  readMessageList,
} from "../reading/prompt-tally.ts";

const readMessage = createObjectReader<PromptTally>({
  content: countText,
  thinking: countText,
  images: (tally, at) => {
    if (valueKind(tally.body, at) === "array") tally.images += countElements(tally.body, at);
    return skipValue(tally.body, at);
  },
  tool_calls: countCalls,
});

/** `messages` of a native chat. A wrong type is left to the node. */
export const readMessages: ReadField<Draft> = (draft, at) => {
  const tally = createPromptTally(draft.body);
  const end = readMessageList(draft, at, (start) => readMessage(tally, start));
  noteTally(draft, "messages", tally);
  return end;
};
