import { judgeOptions } from "../backends/native-leftovers.ts";
import { present } from "../backends/present.ts";
import type { EncodedRequest, Json } from "../neutral.ts";
import type { EmbeddingRoute, EmbeddingWish } from "./embedding-wish.ts";

type Encoded = EncodedRequest | { readonly untranslatable: string };

/** Writes what is asked in the words of a backend's route. */
export const encodeWish = (route: EmbeddingRoute, wish: EmbeddingWish): Encoded => encoders[route](wish);

const encodeEmbed = (wish: EmbeddingWish): Encoded => ({
  body: present({
    input: inputOf(wish),
    truncate: wish.truncate,
    dimensions: wish.dimensions,
    ...nativeMembers(wish),
  }),
  ignored: [],
});

/** The older route takes one text and knows neither fewer dimensions nor a refusal of long texts. */
const encodeEmbeddings = (wish: EmbeddingWish): Encoded => {
  if (wish.texts.length > 1) return { untranslatable: "input: this version of Ollama takes one text at a time" };
  if (wish.dimensions !== undefined) return { untranslatable: "dimensions: this version of Ollama gives them all" };
  if (wish.truncate === false) return { untranslatable: "truncate: this version of Ollama always cuts long texts" };
  return { body: present({ prompt: wish.texts[0] ?? "", ...nativeMembers(wish) }), ignored: [] };
};

/** A server that loads on demand does so for the smallest of texts. */
const encodeOpenai = (wish: EmbeddingWish): Encoded => {
  const { ignored, untranslatable } = judgeOptions(wish.options);
  if (untranslatable !== undefined) return { untranslatable };
  const body = present({
    input: wish.texts.length === 0 ? "." : inputOf(wish),
    dimensions: wish.dimensions,
    encoding_format: "float",
  });
  const keeps = wish.keepAlive === undefined ? [] : ["keep_alive"];
  const cuts = wish.truncate === true ? ["truncate"] : [];
  return { body, ignored: [...ignored, ...keeps, ...cuts] };
};

const encoders: Readonly<Record<EmbeddingRoute, (wish: EmbeddingWish) => Encoded>> = {
  "/api/embed": encodeEmbed,
  "/api/embeddings": encodeEmbeddings,
  "/v1/embeddings": encodeOpenai,
};

const nativeMembers = ({ keepAlive, options }: EmbeddingWish): Readonly<Record<string, Json | undefined>> => ({
  keep_alive: keepAlive,
  options: Object.keys(options).length === 0 ? undefined : options,
});

/** An empty text alone would be a load to Ollama and a mistake elsewhere; in a list it is a text like any other. */
const inputOf = ({ texts, isSingle }: EmbeddingWish): Json => {
  const [first] = texts;
  return isSingle && first !== undefined && first !== "" ? first : texts;
};
