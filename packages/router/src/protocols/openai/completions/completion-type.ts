import { any, bool, float32, int, string, struct } from "../../go-types/go-type.ts";

/** Body of `/v1/completions` as the decoder of Ollama 0.24 sees it. */
export const completionType = struct("openai.CompletionRequest", {
  model: string,
  prompt: string,
  frequency_penalty: float32,
  max_tokens: int,
  presence_penalty: float32,
  seed: int,
  stop: any,
  stream: bool,
  stream_options: struct("openai.StreamOptions", { include_usage: bool }),
  temperature: float32,
  top_p: float32,
  suffix: string,
  logprobs: int,
  _debug_render_only: bool,
});
