import { fieldNamed, findMembers } from "../../edits/find-members.ts";
import { skipValue } from "../../json/skip.ts";
import { numberAt } from "../../json/text.ts";
import { type ValueKind, valueKind } from "../../json/value-kind.ts";
import { walkElements } from "../../json/walk.ts";
import type { Draft } from "../../reading/draft.ts";
import {
  readFallbackModels,
  readMaxTokens,
  readMetadata,
  readName,
  readPlainStream,
  readSuffix,
  readUser,
} from "../../reading/fields.ts";
import type { ReadField } from "../../reading/object-reader.ts";
import type { Refusal } from "../../reading/read-result.ts";
import { readTexts } from "../../reading/texts-field.ts";
import { createReader } from "../create-reader.ts";
import { alternativeFields, foreignFields, isBool, isNumberBut, readIgnored } from "../ignored-fields.ts";
import { refuseUnknown, refuseUnreadable } from "../refuse.ts";
import { judgeTopLogprobs } from "../top-logprobs.ts";
import { completionType } from "./completion-type.ts";

/** `logprobs` is the number of alternative tokens here; none and less are no wish. */
const readLogprobs: ReadField<Draft> = (draft, at) => {
  const kind = valueKind(draft.body, at);
  if (kind === "number") draft.topLogprobs = Math.max(0, numberAt(draft.body, at));
  else if (kind === "null") draft.topLogprobs = 0;
  return skipValue(draft.body, at);
};

/** Go's words for what stands in a list of stops in place of a text. */
const goKinds: Readonly<Record<Exclude<ValueKind, "string">, string>> = {
  array: "[]interface {}",
  bool: "bool",
  null: "<nil>",
  number: "float64",
  object: "map[string]interface {}",
};

const isStop = fieldNamed("stop");

/** Ollama's order: the texts of `stop`, then the number of alternatives, which another layer looks at. */
const judgeFields = (draft: Draft, at: number): Refusal | undefined =>
  judgeStop(draft.body, at) ?? judgeTopLogprobs(draft.topLogprobs);

const judgeStop = (body: Uint8Array, at: number): Refusal | undefined => {
  const stop = valueKind(body, at) === "object" ? findMembers(body, at, isStop).at(-1)?.value.start : undefined;
  if (stop === undefined || valueKind(body, stop) !== "array") return undefined;
  let found: string | undefined;
  walkElements(body, stop, (start) => {
    const kind = valueKind(body, start);
    if (kind !== "string") found ??= goKinds[kind];
    return skipValue(body, start);
  });
  return found === undefined ? undefined : refuseUnreadable(`invalid type for 'stop' field: ${found}`);
};

/** Bodies of `/v1/completions`. An empty prompt asks for a load. */
export const completionsReader = createReader({
  fields: {
    ...foreignFields,
    ...alternativeFields,
    best_of: readIgnored("best_of", isNumberBut(1)),
    echo: readIgnored("echo", isBool(true)),
    model: readName("model"),
    prompt: readTexts("prompt", "keeps"),
    suffix: readSuffix,
    stream: readPlainStream,
    max_tokens: readMaxTokens,
    logprobs: readLogprobs,
    metadata: readMetadata,
    user: readUser,
    fallback_models: readFallbackModels,
  },
  type: completionType,
  judgeFields,
  refuseMissing: refuseUnknown,
  kind: (draft) => (draft.hasPrompt ? "generate" : "load"),
  needsPrompt: false,
  capability: "completion",
});
