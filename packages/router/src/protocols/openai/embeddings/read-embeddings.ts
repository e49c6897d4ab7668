import { fieldNamed, findMembers } from "../../edits/find-members.ts";
import { any, int, string, struct } from "../../go-types/go-type.ts";
import { stringAt } from "../../json/text.ts";
import { valueKind } from "../../json/value-kind.ts";
import { takesInput } from "../../ollama/embed/takes-input.ts";
import type { Draft } from "../../reading/draft.ts";
import { readFallbackModels, readMetadata, readName, readUser } from "../../reading/fields.ts";
import type { ReadField } from "../../reading/object-reader.ts";
import type { Refusal } from "../../reading/read-result.ts";
import { readTexts } from "../../reading/texts-field.ts";
import { createReader } from "../create-reader.ts";
import { foreignFields } from "../ignored-fields.ts";
import { refuse, refuseUnknown, refuseUnreadable } from "../refuse.ts";

/** Body of `/v1/embeddings` as the decoder of Ollama 0.24 sees it. */
const embeddingsType = struct("openai.EmbedRequest", {
  input: any,
  model: string,
  dimensions: int,
  encoding_format: string,
});

const readTextsOrNone = readTexts("input", "clears");

/** Unlike on Ollama's own routes an empty text has a vector, too. */
const readInput: ReadField<Draft> = (draft, at, head) => {
  const end = readTextsOrNone(draft, at, head);
  if (valueKind(draft.body, at) === "string") draft.hasPrompt = true;
  return end;
};

const isEncoding = fieldNamed("encoding_format");
const encodings = /^(?:float|base64)$/iu;

/** Ollama's order: the encoding, then absent input. */
const judgeFields = (draft: Draft, at: number): Refusal | undefined =>
  judgeEncoding(draft.body, at) ?? (draft.hasPrompt ? undefined : refuseUnreadable("invalid input"));

const judgeEncoding = (body: Uint8Array, at: number): Refusal | undefined => {
  const texts = valueKind(body, at) === "object" ? findMembers(body, at, isEncoding) : [];
  // Null leaves a text in Go as it was.
  const last = texts.findLast(({ value }) => valueKind(body, value.start) === "string");
  const encoding = last === undefined ? "" : stringAt(body, last.value.start);
  if (encoding === "" || encodings.test(encoding)) return undefined;
  return refuseUnreadable(`Invalid value for 'encoding_format' = ${encoding}. Supported values: ['float', 'base64'].`);
};

/** Bodies of `/v1/embeddings`. */
export const embeddingsReader = createReader({
  fields: {
    ...foreignFields,
    model: readName("model"),
    input: readInput,
    metadata: readMetadata,
    user: readUser,
    fallback_models: readFallbackModels,
  },
  type: embeddingsType,
  judgeFields,
  judgeLast: ({ body }, at) => (takesInput(body, at) ? undefined : refuse(400, "invalid input type")),
  refuseMissing: refuseUnknown,
  kind: () => "embed",
  needsPrompt: true,
  capability: "embedding",
});
