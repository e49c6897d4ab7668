import { bool, float, int, list, raw, struct, text } from "../json/go-type.ts";
import { tools } from "./api-types.ts";

const openaiCall = struct("openai.ToolCall", {
  id: text,
  index: int,
  type: text,
  function: struct("struct { Name string", { name: text, arguments: text }),
});

/** The body of `/v1/chat/completions`, as far as 0.24 reads it. */
export const openaiChatRequest = struct("openai.ChatCompletionRequest", {
  model: text,
  messages: list(
    "[]openai.Message",
    struct("openai.Message", {
      role: text,
      content: raw,
      reasoning: text,
      tool_calls: list("[]openai.ToolCall", openaiCall),
      name: text,
      tool_call_id: text,
    }),
  ),
  stream: bool,
  stream_options: struct("openai.StreamOptions", { include_usage: bool }),
  max_tokens: int,
  seed: int,
  stop: raw,
  temperature: float,
  frequency_penalty: float,
  presence_penalty: float,
  top_p: float,
  response_format: struct("openai.ResponseFormat", {
    type: text,
    json_schema: struct("openai.JsonSchema", { schema: raw }),
  }),
  tools,
  reasoning: struct("openai.Reasoning", { effort: text }),
  reasoning_effort: text,
  logprobs: bool,
  top_logprobs: int,
  _debug_render_only: bool,
});
