import { describe, expect, it } from "vitest";
import type { NeutralMessage, NeutralRequest } from "../neutral.ts";
import { plainNeutral } from "../testing/plain-neutral.ts";
import { encodeOpenaiChat, encodeOpenaiCompletion } from "./openai-request.ts";

const chat = (rest: Partial<NeutralRequest>) => encodeOpenaiChat(plainNeutral(rest));
const bodyOf = (rest: Partial<NeutralRequest>) => {
  const encoded = chat(rest);
  return "body" in encoded ? encoded.body : encoded;
};
const completion = (rest: Partial<NeutralRequest>) =>
  encodeOpenaiCompletion(plainNeutral({ messages: [], prompt: "a", ...rest }));
const native = (options: object, rest: object = {}) =>
  ({ native: { options, members: {}, ...rest } }) as Partial<NeutralRequest>;
const tool = { name: "f", description: "d", parameters: { type: "object" }, strict: true };
const message = (rest: Partial<NeutralMessage>): NeutralMessage => ({
  role: "user",
  parts: [],
  toolCalls: [],
  ...rest,
});

describe("a conversation in the words of /v1/chat/completions", () => {
  it("asks a stream to tell its usage", () => {
    expect(chat({})).toEqual({
      body: { messages: [{ role: "user", content: "Hi" }], stream: true, stream_options: { include_usage: true } },
      ignored: [],
    });
    expect(bodyOf({ isStream: false })).toEqual({ messages: [{ role: "user", content: "Hi" }], stream: false });
  });

  it("has pictures as data URIs of the type that their bytes tell, and sounds", () => {
    const parts: NeutralMessage["parts"] = [
      { kind: "text", text: "a" },
      { kind: "image", mediaType: "image/*", base64: "iVBORw0KGgoAAA" },
      { kind: "image", mediaType: "image/*", base64: "/9j/4AAQ" },
      { kind: "image", mediaType: "image/gif", base64: "AAAA" },
      { kind: "image", mediaType: "image/*", base64: "AAAA" },
      { kind: "audio", format: "mp3", base64: "BBBB" },
    ];
    const image = (url: string) => ({ type: "image_url", image_url: { url } });
    expect(bodyOf({ messages: [message({ parts })] })).toMatchObject({
      messages: [
        {
          content: [
            { type: "text", text: "a" },
            image("data:image/png;base64,iVBORw0KGgoAAA"),
            image("data:image/jpeg;base64,/9j/4AAQ"),
            image("data:image/gif;base64,AAAA"),
            image("data:image/jpeg;base64,AAAA"),
            { type: "input_audio", input_audio: { data: "BBBB", format: "mp3" } },
          ],
        },
      ],
    });
  });

  it("has thoughts under both names in use", () => {
    const messages = [message({ role: "assistant", thinking: "hm", parts: [{ kind: "text", text: "a" }] })];
    expect(bodyOf({ messages })).toMatchObject({
      messages: [{ role: "assistant", content: "a", reasoning: "hm", reasoning_content: "hm" }],
    });
  });

  it("names calls and their answers where Ollama's dialect left that out", () => {
    const called = (name: string, id = "") => ({ id, name, argumentsText: "" });
    const messages = [
      message({ role: "assistant", toolCalls: [called("f"), called("g"), called("h", "own")] }),
      message({ role: "tool", toolName: "g" }),
      message({ role: "tool" }),
      message({ role: "tool", toolCallId: "own" }),
      message({ role: "tool" }),
    ];
    expect(bodyOf({ messages })).toMatchObject({
      messages: [
        {
          tool_calls: [
            { id: "call_0", type: "function", function: { name: "f", arguments: "{}" } },
            { id: "call_1", function: { name: "g" } },
            { id: "own", function: { name: "h" } },
          ],
        },
        { role: "tool", tool_call_id: "call_1", name: "g", content: "" },
        { role: "tool", tool_call_id: "call_0" },
        { role: "tool", tool_call_id: "own" },
        { role: "tool", tool_call_id: "call_2" },
      ],
    });
  });

  it.each<[string, Partial<NeutralRequest>, object]>([
    [
      "any JSON, as a schema",
      { format: { kind: "json" } },
      { response_format: { type: "json_schema", json_schema: { name: "object", schema: { type: "object" } } } },
    ],
    [
      "a schema",
      { format: { kind: "schema", name: "n", schema: true, strict: true } },
      { response_format: { json_schema: { name: "n", schema: true, strict: true } } },
    ],
    ["a level of thinking", { thinking: "high" }, { reasoning_effort: "high" }],
    ["thinking", { thinking: true }, { chat_template_kwargs: { enable_thinking: true } }],
    [
      "no thinking",
      { thinking: false },
      { chat_template_kwargs: { enable_thinking: false }, reasoning_effort: "none" },
    ],
    ["log probabilities", { logprobs: { top: 2 } }, { logprobs: true, top_logprobs: 2 }],
    [
      "tools",
      { tools: [tool], toolChoice: "required", parallelToolCalls: false },
      { tools: [{ type: "function", function: tool }], tool_choice: "required", parallel_tool_calls: false },
    ],
    [
      "one wanted tool",
      { tools: [tool], toolChoice: { name: "f" } },
      { tool_choice: { type: "function", function: { name: "f" } } },
    ],
    ["several answers", { choices: 3 }, { n: 3 }],
    ["tokens that are to be kept", native({ num_keep: 5 }), { n_keep: 5 }],
    [
      "sampling by every name in use",
      { sampling: { topK: 4, minP: 0.1, repeatPenalty: 1.1, repeatLastN: 9, maxTokens: 5, logitBias: { "7": 1 } } },
      {
        top_k: 4,
        min_p: 0.1,
        repeat_penalty: 1.1,
        repetition_penalty: 1.1,
        repeat_last_n: 9,
        repetition_context_size: 9,
        max_tokens: 5,
        logit_bias: { "7": 1 },
      },
    ],
  ])("has %s", (_title, rest, members) => {
    expect(bodyOf(rest)).toMatchObject(members);
  });

  it("leaves out what servers refuse or take for something else", () => {
    expect(bodyOf({ logprobs: { top: 0 } })).not.toHaveProperty("top_logprobs");
    expect(bodyOf({ sampling: { seed: -1 } })).not.toHaveProperty("seed");
    expect(bodyOf({ tools: [tool], toolChoice: "auto" })).not.toHaveProperty("tool_choice");
    expect(bodyOf({ tools: [tool], toolChoice: "none" })).not.toHaveProperty("tools");
  });

  it("goes without Ollama's words that do no harm, and says so", () => {
    const asked = native(
      { num_ctx: 512, mirostat: 1, num_keep: 1, use_mlock: null },
      { keepAlive: 0, members: { truncate: true, shift: false } },
    );
    expect(chat(asked)).toMatchObject({ ignored: ["num_ctx", "mirostat", "truncate", "keep_alive"] });
  });

  it.each<[string, Partial<NeutralRequest>]>([
    ["options.num_gpu", native({ num_gpu: 0 })],
    ["template", native({}, { template: "{{ .Prompt }}" })],
    ["context", native({}, { members: { context: [1, 2] } })],
  ])("is refused by the name of what it cannot have: %s", (name, rest) => {
    expect(chat(rest)).toEqual({ untranslatable: expect.stringContaining(`${name}: `) });
  });
});

describe("a completion in the words of /v1/completions", () => {
  it("has its prompt, and at least one log probability where there are to be any", () => {
    expect(completion({ logprobs: { top: 0 }, isStream: false })).toEqual({
      body: { prompt: "a", logprobs: 1, stream: false },
      ignored: [],
    });
  });

  it("tells a schema by both names in use", () => {
    expect(completion({ format: { kind: "json" } })).toMatchObject({
      body: { json_schema: { type: "object" }, response_format: { type: "json_schema" } },
    });
  });

  it.each<[string, Partial<NeutralRequest>]>([
    ["suffix", { suffix: "b" }],
    ["tools", { tools: [tool] }],
    ["images", { messages: [message({ parts: [{ kind: "image", mediaType: "", base64: "" }] })] }],
    ["options.num_gpu", native({ num_gpu: 0 })],
  ])("is refused by the name of what it cannot have: %s", (name, rest) => {
    expect(completion(rest)).toEqual({ untranslatable: expect.stringContaining(`${name}: `) });
  });
});
