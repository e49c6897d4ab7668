import { skipValue } from "../../json/skip.ts";
import { countCharacters } from "../../json/text.ts";
import { valueKind } from "../../json/value-kind.ts";
import { walkElements } from "../../json/walk.ts";
import type { Draft } from "../../reading/draft.ts";
import { createObjectReader, type ReadField } from "../../reading/object-reader.ts";

interface Tally {
  readonly body: Uint8Array;
  characters: number;
  images: number;
  audios: number;
}

const countText: ReadField<Tally> = (tally, at) => {
  const end = skipValue(tally.body, at);
  if (valueKind(tally.body, at) === "string") tally.characters += countCharacters(tally.body, at, end);
  return end;
};

const readPart = createObjectReader<Tally>({
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

const readMessage = createObjectReader<Tally>({
  content: (tally, at, head) => {
    if (valueKind(tally.body, at) !== "array") return countText(tally, at, head);
    return walkElements(tally.body, at, (start) => readPart(tally, start));
  },
  reasoning: countText,
  tool_calls: (tally, at) => {
    const end = skipValue(tally.body, at);
    if (valueKind(tally.body, at) === "array") tally.characters += end - at;
    return end;
  },
});

/** `messages` of a chat completion, whose content is a text or an array of parts. A wrong type is left to the node. */
export const readMessages: ReadField<Draft> = (draft, at) => {
  const { body } = draft;
  const tally: Tally = { body, characters: 0, images: 0, audios: 0 };
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
  draft.audioCount = tally.audios;
  return end;
};
