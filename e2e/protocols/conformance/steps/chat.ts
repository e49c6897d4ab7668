import { hello, pixel, schema, short, steady, weatherQuestion, weatherTool } from "./samples.ts";
import { type Body, type Extras, NOBODY, plainHeaders, type Scenario, single, tell, wishes } from "./step.ts";

const route = "POST /api/chat";

const chat = (name: string, more: object = {}, extras: Extras = {}) =>
  tell(route, name, { ...extras, body: ({ model }) => ({ model, messages: hello, options: short, ...more }) });

/** The same with a body of its own. */
const bare = (name: string, body: (model: string) => Body, extras: Extras = {}) =>
  tell(route, name, { ...extras, body: ({ model }) => body(model) });

const text = (model: string) =>
  `{"model":"${model}","messages":[{"role":"user","content":"hi"}],"stream":false,"options":{"num_predict":2,"seed":7,"temperature":0}}`;

const answered = [
  chat("stream"),
  chat("whole", { stream: false }),
  chat("stream null", { stream: null }),
  chat("cut by num_predict", { options: { ...steady, num_predict: 1 } }),
  chat("ended by a stop string", { options: { ...short, stop: ["e"] } }),
  chat("system and history", {
    messages: [
      { role: "system", content: "Be brief." },
      ...hello,
      { role: "assistant", content: "Hello." },
      { role: "user", content: "Again." },
    ],
  }),
  chat("format json", { format: "json" }),
  chat("format schema", { format: schema }),
  chat("logprobs", { logprobs: true, top_logprobs: 2, options: { ...steady, num_predict: 2 } }),
  chat("think false", { think: false, stream: false }),
  chat("unknown option", { stream: false, options: { ...short, mirostat: 0, lowVram: true } }),
  chat("option null", { stream: false, options: { ...short, top_k: null } }),
  chat("unknown role", { stream: false, messages: [{ role: "narrator", content: "hi" }] }),
  chat("content null", { stream: false, messages: [{ role: "user", content: null }] }),
  chat("unknown members", { stream: false, user: "me", metadata: { tags: ["a"] }, zzz: [1, { a: null }] }),
  chat("multi-byte text", { messages: [{ role: "user", content: "日本語 é 🌊 <b>&" }] }),
  chat("authorization", { stream: false }, { headers: () => [...plainHeaders, ["Authorization", "Bearer ollama"]] }),
  chat("accept-encoding gzip", {}, { headers: () => [...plainHeaders, ["Accept-Encoding", "gzip"]] }),
  chat("form content type", {}, { headers: () => [["Content-Type", "application/x-www-form-urlencoded"]] }),
  chat("no content type", {}, { headers: () => [] }),
  chat("odd content type", {}, { headers: () => [["Content-Type", "???"]] }),
  chat("chunked request body", {}, { framing: "chunked" }),
  chat("expect 100-continue", {}, { headers: () => [...plainHeaders, ["Expect", "100-continue"]] }),
  chat("HTTP/1.0", { stream: false }, { httpVersion: "HTTP/1.0" }),
  bare("key case", (model) => text(model).replace('"model"', '"MODEL"').replace('"messages"', '"Messages"')),
  bare("a key twice", (model) => text(model).replace("{", '{"model":"nobody",')),
  bare("trailing garbage", (model) => `${text(model)} and more`),
  bare("blanks and line ends", (model) => `\r\n\t ${text(model).replaceAll(":", " :\n ")} \n`),
  bare("name in capitals", (model) => text(model.toUpperCase())),
  bare("name with blanks around", (model) => text(`  ${model} `)),
];

const lifetimes = ["5m", 300, 1.5, null, "0s"].map((keepAlive) =>
  chat(`keep_alive ${JSON.stringify(keepAlive)}`, { stream: false, keep_alive: keepAlive }),
);
const badLifetimes = ["-1", "300", "soon", true].map((keepAlive) =>
  chat(`keep_alive ${JSON.stringify(keepAlive)}`, { stream: false, keep_alive: keepAlive }),
);

const refused = [
  chat("bad type: stream", { stream: "yes" }),
  chat("bad type: model", { model: 7 }),
  chat("bad type: messages", { messages: "hi" }),
  chat("bad type: content parts", { messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }] }),
  chat("bad type: format", { format: 7, stream: false }),
  chat("bad type: num_ctx", { options: { num_ctx: "big" }, stream: false }),
  chat("bad type: temperature", { options: { temperature: "hot" }, stream: false }),
  chat("bad value: think", { think: "sometimes" }),
  chat("bad value: top_logprobs", { top_logprobs: 21 }),
  chat("bad value: image", { messages: [{ role: "user", content: "hi", images: ["***"] }] }),
  chat("tool arguments as text", {
    messages: [{ role: "assistant", content: "", tool_calls: [{ function: { name: "a", arguments: "{}" } }] }],
  }),
];

const withoutModel = [
  bare("empty body", () => ""),
  bare("bad JSON", () => "{bad"),
  bare("cut JSON", () => '{"model":"a","messages":[{"role":'),
  bare("an array", () => "[]"),
  bare("byte order mark", () => `\ufeff${text(NOBODY)}`),
  bare("no model", () => ({ messages: hello })),
  bare("empty model", () => ({ model: "", messages: hello })),
  bare("unparsable model", () => ({ model: "a b/c:d:e", messages: hello })),
  bare("unknown model", () => ({ model: NOBODY, messages: hello })),
  bare("unknown model, whole", () => ({ model: NOBODY, messages: hello, stream: false })),
  bare("unknown model without a tag", () => ({ model: "herd-conformance-nobody", messages: hello })),
  bare("unload of an unknown model", () => ({ model: NOBODY, messages: [], keep_alive: 0 })),
  bare("cloud and local suffix", () => ({ model: "a:cloud:local", messages: hello })),
];

const lifecycle: Scenario = {
  wish: wishes.completion,
  steps: [
    bare("load", (model) => ({ model, messages: [] })),
    bare("load again", (model) => ({ model })),
    bare("unload", (model) => ({ model, messages: [], keep_alive: 0 })),
    bare("unload again", (model) => ({ model, messages: [], keep_alive: 0 })),
    chat("stream after an unload"),
  ],
};

const tools = [
  chat("tools, stream", { messages: weatherQuestion, tools: [weatherTool] }),
  chat("tools, whole", { messages: weatherQuestion, tools: [weatherTool], stream: false }),
  chat("tools, answered in text", { tools: [weatherTool] }),
  chat("tool result", {
    stream: false,
    messages: [
      ...weatherQuestion,
      {
        role: "assistant",
        content: "",
        tool_calls: [{ function: { name: "get_weather", arguments: { city: "Paris" } } }],
      },
      { role: "tool", tool_name: "get_weather", content: "11 degrees" },
    ],
    tools: [weatherTool],
  }),
];

const thinking = [
  chat("think, stream", { think: true }),
  chat("think, whole", { think: true, stream: false }),
  chat("think by default"),
  chat("think off on a thinking model", { think: false }),
];

const image = [{ role: "user", content: "hi", images: [pixel] }];

/** The native chat. */
export const chatScenarios: readonly Scenario[] = [
  lifecycle,
  ...single([...answered, ...lifetimes, ...badLifetimes, ...refused], wishes.completion),
  ...single(withoutModel),
  ...single(tools, wishes.tools),
  ...single(thinking, wishes.thinking),
  ...single([chat("images", { messages: image, stream: false })], wishes.vision),
  ...single([chat("images on a model without vision", { messages: image, stream: false })], wishes.withoutVision),
  ...single([chat("tools on a model without them", { tools: [weatherTool] })], wishes.withoutTools),
  ...single([chat("think on a model that does not", { think: true })], wishes.withoutThinking),
  ...single([chat("on an embedding model")], wishes.embedding),
];
