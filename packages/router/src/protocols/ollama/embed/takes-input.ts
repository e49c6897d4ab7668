import { fieldNamed, findMembers } from "../../edits/find-members.ts";
import { skipValue } from "../../json/skip.ts";
import { valueKind } from "../../json/value-kind.ts";
import { walkElements } from "../../json/walk.ts";

const isInput = fieldNamed("input");

/** Whether Ollama embeds the `input` of the object that starts at `at`: nothing, a text, or a list of texts. */
export const takesInput = (body: Uint8Array, at: number): boolean => {
  const input = findInput(body, at);
  if (input === undefined) return true;
  const kind = valueKind(body, input);
  return kind === "array" ? hasTextsOnly(body, input) : kind === "string" || kind === "null";
};

/** Where the `input` that counts starts, the last one. */
const findInput = (body: Uint8Array, at: number): number | undefined =>
  valueKind(body, at) === "object" ? findMembers(body, at, isInput).at(-1)?.value.start : undefined;

const hasTextsOnly = (body: Uint8Array, at: number): boolean => {
  let isText = true;
  walkElements(body, at, (start) => {
    isText &&= valueKind(body, start) === "string";
    return skipValue(body, start);
  });
  return isText;
};
