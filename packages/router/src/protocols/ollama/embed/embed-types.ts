import { any, anyMap, bool, custom, int, string, struct } from "../../go-types/go-type.ts";
import { judgeKeepAlive } from "../../go-types/keep-alive.ts";

const keepAlive = custom(judgeKeepAlive, true);

/** Body of `/api/embed` as the decoder of Ollama 0.24 sees it. */
export const embedType = struct("api.EmbedRequest", {
  model: string,
  input: any,
  keep_alive: keepAlive,
  truncate: bool,
  dimensions: int,
  options: anyMap,
});

/** Body of `/api/embeddings`. */
export const embeddingsType = struct("api.EmbeddingRequest", {
  model: string,
  prompt: string,
  keep_alive: keepAlive,
  options: anyMap,
});
