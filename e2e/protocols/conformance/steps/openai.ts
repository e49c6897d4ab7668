import { hello, pixel, schema, steady, weatherQuestion, weatherTool } from "./samples.ts";
import { type Body, type Extras, NOBODY, type Scenario, single, tell, wishes } from "./step.ts";

const limits = { ...steady, max_tokens: 6 };

const chat = (name: string, more: object = {}, extras: Extras = {}) =>
  tell("POST /v1/chat/completions", name, {
    ...extras,
    body: ({ model }) => ({ model, messages: hello, ...limits, ...more }),
  });
const bareChat = (name: string, body: (model: string) => Body) =>
  tell("POST /v1/chat/completions", name, { body: ({ model }) => body(model) });

const completion = (name: string, more: object = {}) =>
  tell("POST /v1/completions", name, { body: ({ model }) => ({ model, prompt: "The sky is", ...limits, ...more }) });
const bareCompletion = (name: string, body: (model: string) => Body) =>
  tell("POST /v1/completions", name, { body: ({ model }) => body(model) });

const usage = { stream: true, stream_options: { include_usage: true } };
const picture = { type: "image_url", image_url: { url: `data:image/png;base64,${pixel}` } };

const answered = [
  chat("whole"),
  chat("stream", { stream: true }),
  chat("stream with a usage chunk", usage),
  chat("cut by max_tokens", { max_tokens: 1 }),
  chat("cut by max_tokens, stream", { max_tokens: 1, stream: true }),
  chat("ended by a stop string", { stop: "e", stream: true }),
  chat("stop as a list", { stop: ["e", "o"] }),
  chat("max_completion_tokens", { max_completion_tokens: 3, stop: "e" }),
  chat("content as parts", { messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }] }),
  chat("response_format json_object", { response_format: { type: "json_object" } }),
  chat("response_format json_schema", {
    response_format: { type: "json_schema", json_schema: { name: "city", schema } },
  }),
  chat("logprobs", { logprobs: true, top_logprobs: 2, max_tokens: 2 }),
  chat("logprobs, stream", { logprobs: true, max_tokens: 2, stream: true }),
  chat("reasoning_effort none", { reasoning_effort: "none" }),
  chat("ignored members", {
    n: 2,
    user: "me",
    logit_bias: {},
    store: true,
    metadata: { tags: ["a"] },
    parallel_tool_calls: true,
  }),
  chat("no content type", {}, { headers: () => [] }),
  chat("text/plain", {}, { headers: () => [["Content-Type", "text/plain"]] }),
  chat("chunked request body", { stream: true }, { framing: "chunked" }),
  chat("http image", {
    messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "http://127.0.0.1/a.png" } }] }],
  }),
  chat("bad reasoning_effort", { reasoning_effort: "sometimes" }),
  chat("reasoning_effort minimal", { reasoning_effort: "minimal" }),
  chat("bad type: temperature", { temperature: "hot" }),
  chat("empty messages", { messages: [] }),
  completion("whole"),
  completion("stream", { stream: true }),
  completion("stream with a usage chunk", usage),
  completion("cut by max_tokens", { max_tokens: 1, stream: true }),
  completion("empty prompt", { prompt: "" }),
  completion("empty prompt, stream", { prompt: "", stream: true }),
  completion("prompt as a list", { prompt: ["a", "b"] }),
];

const withoutModel = [
  bareChat("empty body", () => ""),
  bareChat("bad JSON", () => "{bad"),
  bareChat("no model", () => ({ messages: hello })),
  bareChat("no messages", () => ({ model: NOBODY })),
  bareChat("unknown model", () => ({ model: NOBODY, messages: hello })),
  bareChat("unknown model, stream", () => ({ model: NOBODY, messages: hello, stream: true })),
  bareCompletion("empty body", () => ""),
  bareCompletion("bad JSON", () => "{bad"),
  bareCompletion("no model", () => ({ prompt: "hi" })),
  bareCompletion("unknown model", () => ({ model: NOBODY, prompt: "hi" })),
];

const tools = [
  chat("tools", { messages: weatherQuestion, tools: [weatherTool] }),
  chat("tools, stream", { messages: weatherQuestion, tools: [weatherTool], ...usage }),
  chat("tool_choice auto", { messages: weatherQuestion, tools: [weatherTool], tool_choice: "auto" }),
  chat("tool_choice none", { messages: weatherQuestion, tools: [weatherTool], tool_choice: "none" }),
  chat("tool result", {
    tools: [weatherTool],
    messages: [
      ...weatherQuestion,
      {
        role: "assistant",
        content: null,
        tool_calls: [
          { id: "call_1", type: "function", function: { name: "get_weather", arguments: '{"city":"Paris"}' } },
        ],
      },
      { role: "tool", tool_call_id: "call_1", content: "11 degrees" },
    ],
  }),
];

const seen = { messages: [{ role: "user", content: [{ type: "text", text: "hi" }, picture] }] };

/** OpenAI's chat and completions. */
export const openAiScenarios: readonly Scenario[] = [
  ...single(answered, wishes.completion),
  ...single(withoutModel),
  ...single(tools, wishes.tools),
  ...single(
    [chat("reasoning"), chat("reasoning, stream", { stream: true, reasoning_effort: "high" })],
    wishes.thinking,
  ),
  ...single([chat("image_url", seen)], wishes.vision),
  ...single([chat("image_url on a model without vision", seen)], wishes.withoutVision),
  ...single([chat("tools on a model without them", { tools: [weatherTool] })], wishes.withoutTools),
  ...single(
    [chat("reasoning_effort on a model that does not think", { reasoning_effort: "high" })],
    wishes.withoutThinking,
  ),
  ...single([completion("suffix", { suffix: " blue" })], wishes.insert),
  ...single([completion("suffix on a model without insert", { suffix: " blue" })], wishes.withoutInsert),
  ...single([chat("on an embedding model")], wishes.embedding),
];
