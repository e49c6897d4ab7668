import { shortFloats } from "../../generation/short-floats.ts";
import { jsonAnswer } from "../../http/answer.ts";
import { encodeGo } from "../../json/encode-go.ts";
import { ollamaRefusal } from "../ollama-refusal.ts";
import type { EmbedDialect } from "./embed-dialect.ts";

/** `/api/embed`; `model` is echoed as sent. A runner that dies is answered with 400 here. */
export function ollamaEmbed(model: string): EmbedDialect {
  return {
    streamHeaders: [],
    refuse: ollamaRefusal,
    runnerFault: { died: 400, tooLong: 400, unsupported: 501 },
    loadOnly: () => jsonAnswer(200, encodeGo({ model, embeddings: [] })),
    vectors(embedded) {
      const record = {
        model,
        embeddings: embedded.vectors.map(shortFloats),
        total_duration: embedded.totalDuration,
        load_duration: embedded.loadDuration,
        prompt_eval_count: embedded.promptTokens || undefined,
      };
      return jsonAnswer(200, encodeGo(record));
    },
  };
}

/** `/api/embeddings`: one vector, with the digits of doubles, stretched to `norm`. */
export function ollamaEmbeddings(norm: number): EmbedDialect {
  return {
    streamHeaders: [],
    refuse: ollamaRefusal,
    runnerFault: { died: 500, tooLong: 500, unsupported: 500 },
    loadOnly: () => jsonAnswer(200, encodeGo({ embedding: [] })),
    vectors({ vectors: [vector = new Float32Array()] }) {
      return jsonAnswer(200, encodeGo({ embedding: Array.from(vector, (value) => Math.fround(value * norm)) }));
    },
  };
}
