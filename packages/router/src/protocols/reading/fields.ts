import { isZeroKeepAlive } from "../go-types/keep-alive.ts";
import { asksToThink } from "../go-types/think.ts";
import { skipValue } from "../json/skip.ts";
import { countCharacters, decodeString, numberAt } from "../json/text.ts";
import { isEmptyString, isTrue, valueKind } from "../json/value-kind.ts";
import { walkElements } from "../json/walk.ts";
import type { Draft } from "./draft.ts";
import { createObjectReader, type ReadField } from "./object-reader.ts";

/** Entries taken of a list that only the router reads; the rest is ignored. */
const LIST_LIMIT = 64;

/** `model` and `name`: null changes nothing, as for any text field in Go. */
export const readName =
  (field: "model" | "name"): ReadField<Draft> =>
  (draft, at) => {
    const end = skipValue(draft.body, at);
    const kind = valueKind(draft.body, at);
    if (kind === "string") draft[field] = { text: decodeString(draft.body, at, end), range: { start: at, end } };
    else if (kind !== "null") draft.hasUnreadableName = true;
    return end;
  };

/** `stream` where Ollama's default is true: null counts as absent. */
export const readNullableStream: ReadField<Draft> = (draft, at) => {
  const kind = valueKind(draft.body, at);
  if (kind === "null") draft.isStream = undefined;
  else if (kind === "bool") draft.isStream = isTrue(draft.body, at);
  return skipValue(draft.body, at);
};

/** `stream` where the default is false: null changes nothing. */
export const readPlainStream: ReadField<Draft> = (draft, at) => {
  if (valueKind(draft.body, at) === "bool") draft.isStream = isTrue(draft.body, at);
  return skipValue(draft.body, at);
};

/** A prompt text of which only the length matters. */
export const readText =
  (field: string): ReadField<Draft> =>
  (draft, at) => {
    const end = skipValue(draft.body, at);
    if (valueKind(draft.body, at) === "string") draft.characters.set(field, countCharacters(draft.body, at, end));
    return end;
  };

/** `prompt` of a generation: an empty one asks for a load. */
export const readPrompt: ReadField<Draft> = (draft, at, head) => {
  const kind = valueKind(draft.body, at);
  if (kind !== "null") draft.hasPrompt = kind !== "string" || !isEmptyString(draft.body, at);
  return readText("prompt")(draft, at, head);
};

export const readSuffix: ReadField<Draft> = (draft, at, head) => {
  if (valueKind(draft.body, at) === "string") draft.hasSuffix = !isEmptyString(draft.body, at);
  return readText("suffix")(draft, at, head);
};

/** `tools`: their text is part of the prompt that the model sees. */
export const readTools: ReadField<Draft> = (draft, at) => {
  let count = 0;
  const end =
    valueKind(draft.body, at) !== "array" ? skipValue(draft.body, at) : walkElements(draft.body, at, countOne);
  draft.toolCount = count;
  draft.characters.set("tools", count === 0 ? 0 : end - at);
  return end;

  function countOne(start: number): number {
    count += 1;
    return skipValue(draft.body, start);
  }
};

/** `keep_alive`: null counts as absent. */
export const readKeepAlive: ReadField<Draft> = (draft, at) => {
  if (valueKind(draft.body, at) === "null") draft.keepAlive = "absent";
  else draft.keepAlive = isZeroKeepAlive(draft.body, at) ? "zero" : "other";
  return skipValue(draft.body, at);
};

export const readThink: ReadField<Draft> = (draft, at) => {
  draft.asksToThink = asksToThink(draft.body, at);
  return skipValue(draft.body, at);
};

export const readTopLogprobs: ReadField<Draft> = (draft, at) => {
  if (valueKind(draft.body, at) === "number") draft.topLogprobs = numberAt(draft.body, at);
  return skipValue(draft.body, at);
};

/** `max_tokens`: null takes an earlier limit back. */
export const readMaxTokens: ReadField<Draft> = (draft, at) => {
  const kind = valueKind(draft.body, at);
  if (kind === "number") draft.outputLimit = outputLimit(numberAt(draft.body, at));
  else if (kind === "null") draft.outputLimit = undefined;
  return skipValue(draft.body, at);
};

/** Zero and negative limits mean no bound. */
export const outputLimit = (tokens: number): number | undefined => (tokens >= 1 ? Math.trunc(tokens) : undefined);

export const readUser: ReadField<Draft> = (draft, at) => {
  const end = skipValue(draft.body, at);
  if (valueKind(draft.body, at) === "string") draft.user = decodeString(draft.body, at, end) || undefined;
  return end;
};

export const readFallbackModels: ReadField<Draft> = (draft, at) => {
  draft.fallbackModels = readList(draft.body, at);
  return skipValue(draft.body, at);
};

/** `metadata.tags`; other metadata is the client's own. */
export const readMetadata = createObjectReader<Draft>({
  tags: (draft, at) => {
    draft.tags = readList(draft.body, at);
    return skipValue(draft.body, at);
  },
});

/** The texts of an array, without repetition and empty ones. */
const readList = (body: Uint8Array, at: number): readonly string[] => {
  const texts = new Set<string>();
  if (valueKind(body, at) !== "array") return [];
  walkElements(body, at, (start) => {
    const end = skipValue(body, start);
    if (texts.size < LIST_LIMIT && valueKind(body, start) === "string") texts.add(decodeString(body, start, end));
    return end;
  });
  texts.delete("");
  return [...texts];
};
