import { skipValue } from "../json/skip.ts";
import { countCharacters } from "../json/text.ts";
import { isEmptyString, valueKind } from "../json/value-kind.ts";
import { walkElements } from "../json/walk.ts";
import type { Draft } from "./draft.ts";
import type { ReadField } from "./object-reader.ts";

/** Characters that stand for one token where a client sends tokens; the learned rate starts there. */
export const CHARACTERS_PER_TOKEN = 4;

/** What null does to a field: a text in Go keeps what it had, an `any` loses it. */
export type NullMeaning = "keeps" | "clears";

/**
 * A prompt that may be one text or a list of texts, of tokens, or of lists of tokens: some servers take every form, and those
 * that do not say so themselves. Empty texts and empty lists are no prompt.
 */
export const readTexts =
  (field: string, nullMeaning: NullMeaning): ReadField<Draft> =>
  (draft, at) => {
    const { body } = draft;
    const kind = valueKind(body, at);
    if (kind === "null" && nullMeaning === "keeps") return skipValue(body, at);
    const tally: Tally = { body, characters: 0, entries: 0 };
    const end = kind === "array" ? countList(tally, at, countEntry) : countText(tally, at);
    draft.characters.set(field, tally.characters);
    draft.hasPrompt = isPrompt(tally, at);
    return end;
  };

interface Tally {
  readonly body: Uint8Array;
  characters: number;
  entries: number;
}

const isPrompt = ({ body, entries }: Tally, at: number): boolean => {
  const kind = valueKind(body, at);
  if (kind === "string") return !isEmptyString(body, at);
  return kind === "array" ? entries > 0 : kind !== "null";
};

type CountValue = (tally: Tally, at: number) => number;

const countList = (tally: Tally, at: number, count: CountValue): number =>
  walkElements(tally.body, at, (start) => {
    tally.entries += 1;
    return count(tally, start);
  });

const countEntry: CountValue = (tally, at) =>
  valueKind(tally.body, at) === "array" ? countList(tally, at, countText) : countText(tally, at);

const countText: CountValue = (tally, at) => {
  const end = skipValue(tally.body, at);
  const kind = valueKind(tally.body, at);
  if (kind === "string") tally.characters += countCharacters(tally.body, at, end);
  else if (kind === "number") tally.characters += CHARACTERS_PER_TOKEN;
  return end;
};
