import { hello, pixel, steady, weatherFunction } from "./samples.ts";
import { type Body, type Extras, jsonHeaders, NOBODY, type Scenario, single, tell, wishes } from "./step.ts";

const route = "POST /v1/messages";
const messages = (name: string, more: object = {}, extras: Extras & { path?: string } = {}) =>
  tell(route, name, {
    ...extras,
    body: ({ model }) => ({ model, messages: hello, max_tokens: 6, temperature: steady.temperature, ...more }),
  });
const bare = (name: string, body: (model: string) => Body) => tell(route, name, { body: ({ model }) => body(model) });

const { name, description, parameters } = weatherFunction;
const tools = [{ name, description, input_schema: parameters }];
const question = [{ role: "user", content: "Use get_weather for Paris." }];
const sdk: Extras = {
  headers: () => [...jsonHeaders, ["x-api-key", "ollama"], ["anthropic-version", "2023-06-01"]],
};

const answered = [
  messages("whole", {}, sdk),
  messages("stream", { stream: true }, sdk),
  messages("no key and no version"),
  messages("beta query", {}, { path: "/v1/messages?beta=true" }),
  messages("cut by max_tokens", { max_tokens: 1 }),
  messages("ended by a stop sequence", { stop_sequences: ["e"], stream: true }),
  messages("system as text", { system: "Be brief." }),
  messages("system as blocks", { system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral" } }] }),
  messages("content as blocks", { messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }] }),
  bare("no max_tokens", (model) => ({ model, messages: hello })),
  messages("empty messages", { messages: [] }),
];

const called = [
  messages("tools", { messages: question, tools, max_tokens: 24 }),
  messages("tools, stream", { messages: question, tools, max_tokens: 24, stream: true }),
  messages("tool_choice auto", { messages: question, tools, tool_choice: { type: "auto" }, max_tokens: 24 }),
  messages("tool result", {
    tools,
    messages: [
      ...question,
      { role: "assistant", content: [{ type: "tool_use", id: "call_1", name, input: { city: "Paris" } }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "call_1", content: "11 degrees" }] },
    ],
  }),
];

const withoutModel = [
  bare("empty body", () => ""),
  bare("bad JSON", () => "{bad"),
  bare("no model", () => ({ messages: hello, max_tokens: 6 })),
  bare("unknown model", () => ({ model: NOBODY, messages: hello, max_tokens: 6 })),
  bare("unknown model, stream", () => ({ model: NOBODY, messages: hello, max_tokens: 6, stream: true })),
];

const thinking = { type: "enabled", budget_tokens: 1_024 };
const image = {
  messages: [
    {
      role: "user",
      content: [
        { type: "image", source: { type: "base64", media_type: "image/png", data: pixel } },
        { type: "text", text: "hi" },
      ],
    },
  ],
};

/** Anthropic's messages. */
export const messagesScenarios: readonly Scenario[] = [
  ...single(answered, wishes.completion),
  ...single(called, wishes.tools),
  ...single(withoutModel),
  ...single(
    [messages("thinking", { thinking }), messages("thinking, stream", { thinking, stream: true })],
    wishes.thinking,
  ),
  ...single([messages("thinking on a model that does not", { thinking })], wishes.withoutThinking),
  ...single([messages("image", image)], wishes.vision),
  ...single([messages("tools on a model without them", { tools })], wishes.withoutTools),
  ...single(
    [
      tell("POST /v1/messages/count_tokens", "of a short chat", {
        body: ({ model }) => ({ model, messages: hello }),
      }),
    ],
    wishes.completion,
  ),
];
