import { bool, custom, float, int, list, map, raw, struct, text } from "../../json/go-type.ts";
import { readInput } from "./read-input.ts";

const tool = struct("openai.ResponsesTool", {
  type: text,
  name: text,
  description: text,
  strict: bool,
  parameters: map,
});

/** The body of `/v1/responses`, as far as 0.24 reads it. */
export const responsesRequest = struct("openai.ResponsesRequest", {
  model: text,
  background: bool,
  include: list("[]string", text),
  input: custom(readInput),
  instructions: text,
  max_output_tokens: int,
  reasoning: struct("openai.ResponsesReasoning", { effort: text, generate_summary: text, summary: text }),
  temperature: float,
  text: struct("openai.ResponsesText", {
    format: struct("openai.ResponsesTextFormat", { type: text, name: text, schema: raw, strict: bool }),
  }),
  top_p: float,
  truncation: text,
  tools: list("[]openai.ResponsesTool", tool),
  stream: bool,
});

/** The decoded body. */
export type ResponsesBody = NonNullable<ReturnType<(typeof responsesRequest)["decode"]>>;
