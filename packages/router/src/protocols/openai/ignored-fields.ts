import { skipValue } from "../json/skip.ts";
import { numberAt, stringAt } from "../json/text.ts";
import { isEmptyString, isTrue, valueKind } from "../json/value-kind.ts";
import { countElements, walkElements, walkMembers } from "../json/walk.ts";
import type { Draft } from "../reading/draft.ts";
import type { ReadField } from "../reading/object-reader.ts";

/*
 * Parameters that Ollama takes without a word and does nothing with, although they are documented for the route, or for
 * Ollama's own API, and would change the answer. They are told to the client; a value that means nothing is not.
 */

/** Whether a value asks for anything. */
type MeansSomething = (body: Uint8Array, at: number) => boolean;

/** Takes note of a parameter that is ignored on this route, by the value that counts, the last one. */
export const readIgnored =
  (name: string, meansSomething: MeansSomething = isSaid): ReadField<Draft> =>
  (draft, at) => {
    if (meansSomething(draft.body, at)) draft.ignored.add(name);
    else draft.ignored.delete(name);
    return skipValue(draft.body, at);
  };

/** Anything but null. */
const isSaid: MeansSomething = (body, at) => valueKind(body, at) !== "null";

/** A text, a list or an object with something in it, or any other value but null. */
export const isFilled: MeansSomething = (body, at) => {
  switch (valueKind(body, at)) {
    case "null":
      return false;
    case "string":
      return !isEmptyString(body, at);
    case "array":
      return countElements(body, at) > 0;
    case "object":
      return hasMembers(body, at);
    default:
      return true;
  }
};

/** The bool that is not what happens anyway. */
export const isBool =
  (wanted: boolean): MeansSomething =>
  (body, at) =>
    valueKind(body, at) === "bool" && isTrue(body, at) === wanted;

/** Another number than the one that happens anyway. */
export const isNumberBut =
  (usual: number): MeansSomething =>
  (body, at) =>
    valueKind(body, at) === "number" && numberAt(body, at) !== usual;

/** Another value than the texts that say what happens anyway. */
export const isTextBut =
  (...usual: readonly string[]): MeansSomething =>
  (body, at) =>
    isFilled(body, at) && !(valueKind(body, at) === "string" && usual.includes(stringAt(body, at)));

/** A list with another text than those that say what happens anyway. */
export const isListBeyond =
  (...usual: readonly string[]): MeansSomething =>
  (body, at) => {
    if (valueKind(body, at) !== "array") return isFilled(body, at);
    const isEntryBeyond = isTextBut(...usual);
    let isBeyond = false;
    walkElements(body, at, (start) => {
      isBeyond ||= isEntryBeyond(body, start);
      return skipValue(body, start);
    });
    return isBeyond;
  };

const hasMembers = (body: Uint8Array, at: number): boolean => {
  let has = false;
  walkMembers(body, at, (start) => {
    has = true;
    return skipValue(body, start);
  });
  return has;
};

type Fields = Readonly<Record<string, ReadField<Draft>>>;

const all = (names: readonly string[], meansSomething?: MeansSomething): Fields =>
  Object.fromEntries(names.map((name) => [name, readIgnored(name, meansSomething)]));

/** What Ollama reads on its own routes, and other servers on these. */
export const foreignFields: Fields = {
  ...all(["keep_alive", "num_ctx", "top_k", "min_p", "typical_p", "repeat_penalty", "repetition_penalty", "think"]),
  ...all(["options"], isFilled),
};

/** Ignored wherever text is generated from a prompt or messages. */
export const alternativeFields: Fields = {
  n: readIgnored("n", isNumberBut(1)),
  logit_bias: readIgnored("logit_bias", isFilled),
};

/** Ignored on the two routes with tools; of `tool_choice`, `none` is honoured by leaving the tools out. */
export const conversationFields: Fields = {
  parallel_tool_calls: readIgnored("parallel_tool_calls", isBool(false)),
  store: readIgnored("store", isBool(true)),
};
