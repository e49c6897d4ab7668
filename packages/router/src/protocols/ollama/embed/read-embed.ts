import type { Draft } from "../../reading/draft.ts";
import { readFallbackModels, readKeepAlive, readMetadata, readName, readUser } from "../../reading/fields.ts";
import type { ReadField } from "../../reading/object-reader.ts";
import { readOptions } from "../../reading/options-field.ts";
import { readTexts } from "../../reading/texts-field.ts";
import { createReader } from "../create-reader.ts";
import { unknownModelMessage } from "../encode-error.ts";
import { refuse } from "../refuse.ts";
import { embeddingsType, embedType } from "./embed-types.ts";
import { takesInput } from "./takes-input.ts";

const sharedFields: Readonly<Record<string, ReadField<Draft>>> = {
  model: readName("model"),
  keep_alive: readKeepAlive,
  options: readOptions,
  metadata: readMetadata,
  user: readUser,
  fallback_models: readFallbackModels,
};

/** Without input the model is loaded, also with a `keep_alive` of zero: then it is loaded first and unloaded after. */
const kind = (draft: Draft): "embed" | "load" => (draft.hasPrompt ? "embed" : "load");

/** Bodies of `/api/embed`. */
export const embedReader = createReader({
  fields: { ...sharedFields, input: readTexts("input", "clears") },
  type: embedType,
  nameField: (draft) => draft.model,
  refuseMissing: (written) => refuse(404, unknownModelMessage(written)),
  judgeLast: (body, at) => (takesInput(body, at) ? undefined : refuse(400, "invalid input type")),
  kind,
  isStreamByDefault: false,
  capability: "embedding",
});

/** Bodies of `/api/embeddings`, the older form with one text. */
export const embeddingsReader = createReader({
  fields: { ...sharedFields, prompt: readTexts("prompt", "keeps") },
  type: embeddingsType,
  nameField: (draft) => draft.model,
  refuseMissing: () => refuse(400, "model is required"),
  kind,
  isStreamByDefault: false,
  capability: "embedding",
});
