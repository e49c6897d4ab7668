import { describe, expect, it } from "vitest";
import type { NeutralRequest } from "../neutral.ts";
import { plainNeutral } from "../testing/plain-neutral.ts";
import { encodeOllamaChat, encodeOllamaGenerate } from "./ollama-request.ts";

const chat = (rest: Partial<NeutralRequest>) => encodeOllamaChat(plainNeutral(rest));
const bodyOf = (rest: Partial<NeutralRequest>) => {
  const encoded = chat(rest);
  return "body" in encoded ? encoded.body : encoded;
};
const tool = { name: "f", description: "d", parameters: { type: "object" } };
const call = { id: "c1", name: "f", argumentsText: '{"x":1}' };

describe("a conversation in the words of /api/chat", () => {
  it("has no member that nobody asked for", () => {
    expect(chat({})).toEqual({ body: { messages: [{ role: "user", content: "Hi" }], stream: true }, ignored: [] });
  });

  it("has texts put together, pictures and sounds in one list, and arguments as objects", () => {
    const messages: NeutralRequest["messages"] = [
      {
        role: "user",
        parts: [
          { kind: "text", text: "a" },
          { kind: "image", mediaType: "image/png", base64: "AAAA" },
          { kind: "text", text: "b" },
          { kind: "audio", format: "wav", base64: "BBBB" },
        ],
        toolCalls: [],
      },
      { role: "assistant", parts: [], thinking: "hm", toolCalls: [call, { id: "", name: "g", argumentsText: "" }] },
      { role: "tool", parts: [{ kind: "text", text: "1" }], toolCalls: [], toolCallId: "c1" },
    ];
    expect(bodyOf({ messages })).toMatchObject({
      messages: [
        { role: "user", content: "ab", images: ["AAAA", "BBBB"] },
        {
          role: "assistant",
          content: "",
          thinking: "hm",
          tool_calls: [
            { id: "c1", function: { name: "f", arguments: { x: 1 } } },
            { function: { name: "g", arguments: {} } },
          ],
        },
        { role: "tool", content: "1", tool_call_id: "c1", tool_name: "f" },
      ],
    });
  });

  it("has every word of sampling among the options", () => {
    const sampling = {
      temperature: 0,
      topP: 0.5,
      topK: 3,
      minP: 0.1,
      typicalP: 0.9,
      seed: 7,
      stop: ["x"],
      maxTokens: 9,
      frequencyPenalty: 1,
      presencePenalty: 2,
      repeatPenalty: 3,
      repeatLastN: 4,
    };
    const native = { options: { num_ctx: 512 }, keepAlive: "5m", members: { truncate: false } };
    expect(bodyOf({ sampling, native })).toMatchObject({
      keep_alive: "5m",
      truncate: false,
      options: {
        num_ctx: 512,
        temperature: 0,
        top_p: 0.5,
        top_k: 3,
        min_p: 0.1,
        typical_p: 0.9,
        seed: 7,
        stop: ["x"],
        num_predict: 9,
        frequency_penalty: 1,
        presence_penalty: 2,
        repeat_penalty: 3,
        repeat_last_n: 4,
      },
    });
  });

  it.each<[string, Partial<NeutralRequest>, object]>([
    ["any JSON", { format: { kind: "json" } }, { format: "json" }],
    ["a schema", { format: { kind: "schema", name: "n", schema: { type: "array" } } }, { format: { type: "array" } }],
    ["the lowest level of thinking", { thinking: "minimal" }, { think: "low" }],
    ["no thinking", { thinking: false }, { think: false }],
    ["log probabilities", { logprobs: { top: 2 } }, { logprobs: true, top_logprobs: 2 }],
    ["tools", { tools: [tool], toolChoice: "auto" }, { tools: [{ type: "function", function: tool }] }],
  ])("has %s", (_title, rest, members) => {
    expect(bodyOf(rest)).toMatchObject(members);
  });

  it("leaves tools out where none may be called", () => {
    expect(bodyOf({ tools: [tool], toolChoice: "none", parallelToolCalls: false })).not.toHaveProperty("tools");
  });

  it("goes without what Ollama's own routes pass over, and says so", () => {
    const encoded = chat({ tools: [{ ...tool, strict: true }], parallelToolCalls: false });
    expect(encoded).toMatchObject({ ignored: ["parallel_tool_calls", "strict"] });
  });

  it.each<[string, Partial<NeutralRequest>]>([
    ["n", { choices: 2 }],
    ["logit_bias", { sampling: { logitBias: { "7": 1 } } }],
    ["tool_choice", { tools: [tool], toolChoice: "required" }],
    ["tool_choice", { tools: [tool], toolChoice: { name: "f" } }],
    ["tool_calls", { messages: [{ role: "assistant", parts: [], toolCalls: [{ ...call, argumentsText: "[1]" }] }] }],
    ["tool_calls", { messages: [{ role: "assistant", parts: [], toolCalls: [{ ...call, argumentsText: "{" }] }] }],
  ])("is refused by the name of what it cannot have: %s", (name, rest) => {
    expect(chat(rest)).toEqual({ untranslatable: expect.stringMatching(new RegExp(`^${name}: `)) });
  });

  it("takes what says nothing for nothing", () => {
    expect(bodyOf({ choices: 1, sampling: { logitBias: {}, stop: [] }, toolChoice: "required" })).toEqual(bodyOf({}));
  });
});

describe("a completion in the words of /api/generate", () => {
  it("has its prompt, its gap and whether it is raw", () => {
    const request = plainNeutral({
      messages: [],
      prompt: "a",
      suffix: "b",
      native: { options: {}, members: {}, isRaw: true },
    });
    expect(encodeOllamaGenerate(request)).toEqual({
      body: { prompt: "a", suffix: "b", raw: true, stream: true },
      ignored: [],
    });
  });

  it("loads the model where there is nothing to say", () => {
    expect(encodeOllamaGenerate(plainNeutral({ messages: [] }))).toMatchObject({ body: { prompt: "" } });
  });
});
