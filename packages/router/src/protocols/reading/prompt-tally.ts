import { skipValue } from "../json/skip.ts";
import { countCharacters } from "../json/text.ts";
import { valueKind } from "../json/value-kind.ts";
import { walkElements } from "../json/walk.ts";
import type { Draft } from "./draft.ts";
import type { ReadField } from "./object-reader.ts";

/** What the parts of a prompt add up to. */
export interface PromptTally {
  readonly body: Uint8Array;
  /** Characters of texts, as the prompt's estimate counts them. */
  characters: number;
  images: number;
  audios: number;
}

export const createPromptTally = (body: Uint8Array): PromptTally => ({ body, characters: 0, images: 0, audios: 0 });

/** Adds the characters of a text; a value of another type adds nothing. */
export const countText: ReadField<PromptTally> = (tally, at) => {
  const end = skipValue(tally.body, at);
  if (valueKind(tally.body, at) === "string") tally.characters += countCharacters(tally.body, at, end);
  return end;
};

/** Calls of tools stand in a prompt about as they are written. */
export const countCalls: ReadField<PromptTally> = (tally, at) => {
  const end = skipValue(tally.body, at);
  if (valueKind(tally.body, at) === "array") tally.characters += end - at;
  return end;
};

/** Walks over `messages`, and notes whether there are any: none ask for a load. A wrong type is left to the node. */
export const readMessageList = (draft: Draft, at: number, readOne: (start: number) => number): number => {
  const kind = valueKind(draft.body, at);
  let count = 0;
  const counted = (start: number): number => {
    count += 1;
    return readOne(start);
  };
  const end = kind === "array" ? walkElements(draft.body, at, counted) : skipValue(draft.body, at);
  draft.hasPrompt = kind === "array" ? count > 0 : kind !== "null";
  return end;
};

/** Puts what a field of the prompt holds into the draft, in place of what an earlier one of the name held. */
export const noteTally = (draft: Draft, field: string, tally: Omit<PromptTally, "body">): void => {
  draft.characters.set(field, tally.characters);
  draft.imageCount = tally.images;
  draft.audioCount = tally.audios;
};
