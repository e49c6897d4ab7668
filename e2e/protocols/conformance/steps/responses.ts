import { schema, steady, weatherFunction } from "./samples.ts";
import { type Body, NOBODY, type Scenario, single, tell, wishes } from "./step.ts";

const route = "POST /v1/responses";
const responses = (name: string, more: object = {}) =>
  tell(route, name, {
    body: ({ model }) => ({ model, input: "Say hello.", ...steady, max_output_tokens: 6, ...more }),
  });
const bare = (name: string, body: (model: string) => Body) => tell(route, name, { body: ({ model }) => body(model) });

const tool = { type: "function", ...weatherFunction };
const question = "Use get_weather for Paris.";

const answered = [
  responses("whole"),
  responses("stream", { stream: true }),
  responses("items with instructions", {
    instructions: "Be brief.",
    input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "hi" }] }],
  }),
  responses("schema", { text: { format: { type: "json_schema", name: "city", schema } } }),
  responses("previous_response_id", { previous_response_id: "resp_1" }),
  bare("no input", (model) => ({ model })),
];

const tools = [
  responses("tools", { input: question, tools: [tool] }),
  responses("tools, stream", { input: question, tools: [tool], stream: true }),
  responses("tool result", {
    tools: [tool],
    input: [
      { type: "message", role: "user", content: question },
      { type: "function_call", call_id: "call_1", name: "get_weather", arguments: '{"city":"Paris"}' },
      { type: "function_call_output", call_id: "call_1", output: "11 degrees" },
    ],
  }),
];

const withoutModel = [
  bare("empty body", () => ""),
  bare("bad JSON", () => "{bad"),
  bare("no model", () => ({ input: "hi" })),
  bare("unknown model", () => ({ model: NOBODY, input: "hi" })),
  bare("unknown model, stream", () => ({ model: NOBODY, input: "hi", stream: true })),
];

/** OpenAI's responses. */
export const responsesScenarios: readonly Scenario[] = [
  ...single(answered, wishes.completion),
  ...single(tools, wishes.tools),
  ...single(withoutModel),
  ...single([responses("reasoning, stream", { stream: true, reasoning: { effort: "high" } })], wishes.thinking),
];
