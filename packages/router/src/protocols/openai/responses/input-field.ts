import { skipValue } from "../../json/skip.ts";
import { countCharacters } from "../../json/text.ts";
import { isEmptyString, valueKind } from "../../json/value-kind.ts";
import { walkElements } from "../../json/walk.ts";
import type { Draft } from "../../reading/draft.ts";
import { createObjectReader, type ReadField } from "../../reading/object-reader.ts";
import { countText, createPromptTally, noteTally, type PromptTally } from "../../reading/prompt-tally.ts";

const countOne =
  (counter: "images" | "audios"): ReadField<PromptTally> =>
  (tally, at) => {
    if (valueKind(tally.body, at) !== "null") tally[counter] += 1;
    return skipValue(tally.body, at);
  };

const readPart = createObjectReader<PromptTally>({
  text: countText,
  image_url: countOne("images"),
  input_audio: countOne("audios"),
});

const readTextOrParts: ReadField<PromptTally> = (tally, at, head) =>
  valueKind(tally.body, at) === "array"
    ? walkElements(tally.body, at, (start) => readPart(tally, start))
    : countText(tally, at, head);

/** Thinking that comes back is given to the model as its text, which stands in `encrypted_content`. */
const readItem = createObjectReader<PromptTally>({
  content: readTextOrParts,
  output: readTextOrParts,
  name: countText,
  arguments: countText,
  encrypted_content: countText,
});

/**
 * `input` of a response: a text, or items. Either is kept by Ollama when the other one follows. A wrong type is left to the
 * node.
 */
export const readInput: ReadField<Draft> = (draft, at, head) =>
  valueKind(draft.body, at) === "array" ? readItems(draft, at) : readPromptText("input")(draft, at, head);

const readItems = (draft: Draft, at: number): number => {
  const tally = createPromptTally(draft.body);
  let count = 0;
  const end = walkElements(draft.body, at, (start) => {
    count += 1;
    return readItem(tally, start);
  });
  notePrompt(draft, "items", count > 0);
  noteTally(draft, "items", tally);
  return end;
};

/** A text that is a prompt of its own where it is not empty. */
export const readPromptText =
  (field: "input" | "instructions"): ReadField<Draft> =>
  (draft, at) => {
    const { body } = draft;
    const end = skipValue(body, at);
    const kind = valueKind(body, at);
    if (kind === "null" && field === "instructions") return end;
    notePrompt(draft, field, kind === "string" ? !isEmptyString(body, at) : kind !== "null");
    draft.characters.set(field, kind === "string" ? countCharacters(body, at, end) : 0);
    return end;
  };

const notePrompt = (draft: Draft, field: string, isFilled: boolean): void => {
  if (isFilled) draft.promptFields.add(field);
  else draft.promptFields.delete(field);
  draft.hasPrompt = draft.promptFields.size > 0;
};
