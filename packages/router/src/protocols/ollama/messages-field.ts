import { skipValue } from "../json/skip.ts";
import { countCharacters } from "../json/text.ts";
import { valueKind } from "../json/value-kind.ts";
import { countElements, walkElements } from "../json/walk.ts";
import type { Draft } from "../reading/draft.ts";
import { createObjectReader, type ReadField } from "../reading/object-reader.ts";

interface Tally {
  readonly body: Uint8Array;
  characters: number;
  images: number;
}

const countText: ReadField<Tally> = (tally, at) => {
  const end = skipValue(tally.body, at);
  if (valueKind(tally.body, at) === "string") tally.characters += countCharacters(tally.body, at, end);
  return end;
};

const readMessage = createObjectReader<Tally>({
  content: countText,
  thinking: countText,
  images: (tally, at) => {
    if (valueKind(tally.body, at) === "array") tally.images += countElements(tally.body, at);
    return skipValue(tally.body, at);
  },
  tool_calls: (tally, at) => {
    const end = skipValue(tally.body, at);
    if (valueKind(tally.body, at) === "array") tally.characters += end - at;
    return end;
  },
});

/** `messages` of a native chat: none ask for a load. A wrong type is left to the node. */
export const readMessages: ReadField<Draft> = (draft, at) => {
  const { body } = draft;
  const tally: Tally = { body, characters: 0, images: 0 };
  const kind = valueKind(body, at);
  let count = 0;
  const readOne = (start: number): number => {
    count += 1;
    return readMessage(tally, start);
  };
  const end = kind === "array" ? walkElements(body, at, readOne) : skipValue(body, at);
  draft.hasPrompt = kind === "array" ? count > 0 : kind !== "null";
  draft.characters.set("messages", tally.characters);
  draft.imageCount = tally.images;
  return end;
};
