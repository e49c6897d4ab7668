import { shortFloats } from "../../generation/short-floats.ts";
import { encodeGo } from "../../json/encode-go.ts";
import { openaiRefusal } from "../openai-error.ts";
import type { EmbedDialect } from "./embed-dialect.ts";

/** `/v1/embeddings`; base64 is that of little-endian floats of four bytes. */
export function openaiEmbeddings(model: string, encoding: "float" | "base64"): EmbedDialect {
  const list = (vectors: readonly Float32Array[], tokens: number) => {
    const entries = vectors.map((vector, index) => ({
      object: "embedding",
      embedding: encoding === "base64" ? littleEndian(vector).toString("base64") : shortFloats(vector),
      index,
    }));
    const usage = { prompt_tokens: tokens, total_tokens: tokens };
    const record = { object: "list", data: entries.length > 0 ? entries : null, model, usage };
    return {
      status: 200,
      headers: [["Content-Type", "application/json"]] as const,
      body: `${encodeGo(record)}\n`,
    };
  };
  return {
    streamHeaders: [],
    refuse: openaiRefusal,
    runnerFault: { died: 400, tooLong: 400, unsupported: 501 },
    loadOnly: () => list([], 0),
    vectors: (embedded) => list(embedded.vectors, embedded.promptTokens),
  };
}

function littleEndian(vector: Float32Array): Buffer {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, index) => {
    bytes.writeFloatLE(value, index * 4);
  });
  return bytes;
}
