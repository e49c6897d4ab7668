import { skipValue } from "../json/skip.ts";
import { valueKind } from "../json/value-kind.ts";
import { countElements } from "../json/walk.ts";
import type { Draft } from "../reading/draft.ts";
import {
  readFallbackModels,
  readKeepAlive,
  readMetadata,
  readName,
  readNullableStream,
  readPrompt,
  readSuffix,
  readText,
  readThink,
  readTopLogprobs,
  readUser,
} from "../reading/fields.ts";
import type { ReadField } from "../reading/object-reader.ts";
import { readOptions } from "../reading/options-field.ts";
import { CHARACTERS_PER_TOKEN } from "../reading/texts-field.ts";
import { createReader } from "./create-reader.ts";
import { unknownModelMessage } from "./encode-error.ts";
import { refuse } from "./refuse.ts";
import { generateType } from "./request-types.ts";

const readImages: ReadField<Draft> = (draft, at) => {
  draft.imageCount = valueKind(draft.body, at) === "array" ? countElements(draft.body, at) : 0;
  return skipValue(draft.body, at);
};

/** `context` holds tokens of the conversation so far. */
const readContext: ReadField<Draft> = (draft, at) => {
  const tokens = valueKind(draft.body, at) === "array" ? countElements(draft.body, at) : 0;
  draft.characters.set("context", tokens * CHARACTERS_PER_TOKEN);
  return skipValue(draft.body, at);
};

/** Bodies of `/api/generate`. An empty prompt asks for a load, or with a `keep_alive` of zero for an unload. */
export const { read: readGenerate, judge: judgeGenerate } = createReader({
  fields: {
    model: readName("model"),
    prompt: readPrompt,
    suffix: readSuffix,
    system: readText("system"),
    template: readText("template"),
    context: readContext,
    images: readImages,
    stream: readNullableStream,
    think: readThink,
    options: readOptions,
    keep_alive: readKeepAlive,
    top_logprobs: readTopLogprobs,
    metadata: readMetadata,
    user: readUser,
    fallback_models: readFallbackModels,
  },
  type: generateType,
  nameField: (draft) => draft.model,
  refuseMissing: (written) => refuse(404, unknownModelMessage(written)),
  kind: (draft) => (draft.hasPrompt ? "generate" : loadKind(draft)),
  isStreamByDefault: true,
});

const loadKind = (draft: Draft): "load" | "unload" => (draft.keepAlive === "zero" ? "unload" : "load");
