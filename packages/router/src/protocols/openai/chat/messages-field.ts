import { skipValue } from "../../json/skip.ts";
import { valueKind } from "../../json/value-kind.ts";
import { walkElements } from "../../json/walk.ts";
import type { Draft } from "../../reading/draft.ts";
import { createObjectReader, type ReadField } from "../../reading/object-reader.ts";
import {
  countCalls,
  countText,
  createPromptTally,
  noteTally,
  type PromptTally,
  readMessageList,
} from "../../reading/prompt-tally.ts";

const readPart = createObjectReader<PromptTally>({
  text: countText,
  image_url: (tally, at) => {
    tally.images += 1;
    return skipValue(tally.body, at);
  },
  input_audio: (tally, at) => {
    tally.audios += 1;
    return skipValue(tally.body, at);
  },
});

const readMessage = createObjectReader<PromptTally>({
  content: (tally, at, head) => {
    if (valueKind(tally.body, at) !== "array") return countText(tally, at, head);
    return walkElements(tally.body, at, (start) => readPart(tally, start));
  },
  reasoning: countText,
  tool_calls: countCalls,
});

/** `messages` of a chat completion, whose content is a text or an array of parts. A wrong type is left to the node. */
export const readMessages: ReadField<Draft> = (draft, at) => {
  const tally = createPromptTally(draft.body);
  const end = readMessageList(draft, at, (start) => readMessage(tally, start));
  noteTally(draft, "messages", tally);
  return end;
};
