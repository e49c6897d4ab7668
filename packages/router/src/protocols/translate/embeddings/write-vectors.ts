import { goJsonString } from "../../go-types/go-json.ts";
import type { EmbeddingRoute } from "./embedding-wish.ts";

/** What an answer is made of. */
export interface WrittenAnswer {
  /** The model's name as the client wrote it. */
  readonly model: string;
  /** JSON values, in the order of the texts. */
  readonly vectors: readonly Uint8Array[];
  readonly promptTokens: number;
  readonly totalNs: number;
  /** 0 when not told. */
  readonly loadNs: number;
}

/** How a client's route answers with vectors, in the bytes of Ollama. */
export interface VectorForm {
  readonly contentType: string;
  readonly write: (answer: WrittenAnswer) => Uint8Array;
}

const writeOpenai = ({ model, vectors, promptTokens }: WrittenAnswer): Uint8Array => {
  const usage = `"usage":{"prompt_tokens":${promptTokens},"total_tokens":${promptTokens}}`;
  const closing = `,"model":${goJsonString(model)},${usage}}\n`;
  if (vectors.length === 0) return Buffer.from(`{"object":"list","data":null${closing}`);
  const items = vectors.map((vector, index) => ({
    before: `${index === 0 ? '{"object":"list","data":[' : ","}{"object":"embedding","embedding":`,
    vector,
    after: `,"index":${index}}`,
  }));
  return joined(items, `]${closing}`);
};

const writeEmbed = ({ model, vectors, promptTokens, totalNs, loadNs }: WrittenAnswer): Uint8Array => {
  const begin = `{"model":${goJsonString(model)},"embeddings":[`;
  if (vectors.length === 0) return Buffer.from(`${begin}]}`);
  const items = vectors.map((vector, index) => ({ before: index === 0 ? begin : ",", vector, after: "" }));
  const numbers = { total_duration: totalNs, load_duration: loadNs, prompt_eval_count: promptTokens };
  const told = Object.entries(numbers).flatMap(([name, value]) => (value === 0 ? [] : `,"${name}":${value}`));
  return joined(items, `]${told.join("")}}`);
};

const writeEmbeddings = ({ vectors: [vector] }: WrittenAnswer): Uint8Array =>
  vector === undefined
    ? Buffer.from('{"embedding":[]}')
    : joined([{ before: '{"embedding":', vector, after: "" }], "}");

const native = "application/json; charset=utf-8";

export const vectorForms: Readonly<Record<EmbeddingRoute, VectorForm>> = {
  "/v1/embeddings": { contentType: "application/json", write: writeOpenai },
  "/api/embed": { contentType: native, write: writeEmbed },
  "/api/embeddings": { contentType: native, write: writeEmbeddings },
};

interface Placed {
  readonly before: string;
  readonly vector: Uint8Array;
  readonly after: string;
}

/** The vectors' bytes are copied once, into the answer. */
const joined = (items: readonly Placed[], end: string): Uint8Array =>
  Buffer.concat([
    ...items.flatMap(({ before, vector, after }) => [Buffer.from(before), vector, Buffer.from(after)]),
    Buffer.from(end),
  ]);
