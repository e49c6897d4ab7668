import { anyMap, bool, custom, float64, int, opaque, slice, string, struct } from "../../go-types/go-type.ts";
import { judgeInput } from "./judge-input.ts";

const tool = struct("openai.ResponsesTool", {
  type: string,
  name: string,
  description: string,
  strict: bool,
  parameters: anyMap,
});

/** Body of `/v1/responses` as the decoder of Ollama 0.24 sees it. */
export const responsesType = struct("openai.ResponsesRequest", {
  model: string,
  background: bool,
  conversation: opaque,
  include: slice("[]string", string),
  input: custom(judgeInput, false),
  instructions: string,
  max_output_tokens: int,
  reasoning: struct("openai.ResponsesReasoning", { effort: string, generate_summary: string, summary: string }),
  temperature: float64,
  text: struct("openai.ResponsesText", {
    format: struct("openai.ResponsesTextFormat", { type: string, name: string, schema: opaque, strict: bool }),
  }),
  top_p: float64,
  truncation: string,
  tools: slice("[]openai.ResponsesTool", tool),
  stream: bool,
});
