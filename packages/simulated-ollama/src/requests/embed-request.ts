import { bool, int, map, raw, struct, text } from "../json/go-type.ts";
import type { JsonNode } from "../json/parse-json.ts";
import { keepAlive } from "./api-types.ts";

/** The body of `/api/embed`. */
export const embedRequest = struct("api.EmbedRequest", {
  model: text,
  input: raw,
  keep_alive: keepAlive,
  truncate: bool,
  dimensions: int,
  options: map,
});

/** The body of `/api/embeddings`. */
export const embeddingsRequest = struct("api.EmbeddingRequest", {
  model: text,
  prompt: text,
  keep_alive: keepAlive,
  options: map,
});

/** The body of `/v1/embeddings`, as far as 0.24 reads it. */
export const openaiEmbeddingsRequest = struct("openai.EmbedRequest", {
  input: raw,
  model: text,
  dimensions: int,
  encoding_format: text,
});

/** The texts of `input`: none when it is absent, null or an empty text; `undefined` when it is neither text nor texts. */
export function inputTexts(input: JsonNode | undefined): readonly string[] | undefined {
  switch (input?.kind) {
    case undefined:
    case "null":
      return [];
    case "string":
      return input.value === "" ? [] : [input.value];
    case "array": {
      const texts = input.items.flatMap((item) => (item.kind === "string" ? item.value : []));
      return texts.length === input.items.length ? texts : undefined;
    }
    case "bool":
    case "number":
    case "object":
      return undefined;
  }
}
