import { anonymousStruct, any, bool, float64, int, opaque, slice, string, struct } from "../../go-types/go-type.ts";
import { toolType } from "../../ollama/request-types.ts";

const toolCall = struct("openai.ToolCall", {
  id: string,
  index: int,
  type: string,
  function: anonymousStruct('struct { Name string "json:\\"name\\""; Arguments string "json:\\"arguments\\"" }', {
    name: string,
    arguments: string,
  }),
});

const message = struct("openai.Message", {
  role: string,
  content: any,
  reasoning: string,
  tool_calls: slice("[]openai.ToolCall", toolCall),
  name: string,
  tool_call_id: string,
});

/** Body of `/v1/chat/completions` as the decoder of Ollama 0.24 sees it. */
export const chatCompletionType = struct("openai.ChatCompletionRequest", {
  model: string,
  messages: slice("[]openai.Message", message),
  stream: bool,
  stream_options: struct("openai.StreamOptions", { include_usage: bool }),
  max_tokens: int,
  seed: int,
  stop: any,
  temperature: float64,
  frequency_penalty: float64,
  presence_penalty: float64,
  top_p: float64,
  response_format: struct("openai.ResponseFormat", {
    type: string,
    json_schema: struct("openai.JsonSchema", { schema: opaque }),
  }),
  tools: slice("[]api.Tool", toolType),
  reasoning: struct("openai.Reasoning", { effort: string }),
  reasoning_effort: string,
  logprobs: bool,
  top_logprobs: int,
  _debug_render_only: bool,
});
