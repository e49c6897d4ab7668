import { describe, expect, it } from "vitest";
import type { ReadResult, Refusal } from "../reading/read-result.ts";
import { recording, responseText } from "../testing/recording.ts";
import { judgeChat, readChat } from "./read-chat.ts";
import { judgeGenerate, readGenerate } from "./read-generate.ts";
import { judgeShow, readShow } from "./read-show.ts";

const readers = {
  "/api/chat": { read: readChat, judge: judgeChat },
  "/api/generate": { read: readGenerate, judge: judgeGenerate },
  "/api/show": { read: readShow, judge: judgeShow },
};

const readerOf = (path: string) => {
  const found = Object.entries(readers).find(([route]) => route === path);
  if (found === undefined) throw new Error(`no reader for ${path}`);
  return found[1];
};
const accepted = (result: ReadResult) => {
  if (result.refusal !== undefined) throw new Error(result.refusal.message);
  return result;
};
const chat = (text: string) => accepted(readChat(Buffer.from(text)));
const generate = (text: string) => accepted(readGenerate(Buffer.from(text)));
const messageOf = (result: ReadResult): string | undefined => result.refusal?.message;

const expectRecordedBytes = (refusal: Refusal | undefined, name: string): void => {
  const recorded = recording(name);
  expect(refusal).toMatchObject({
    status: recorded.status,
    contentType: recorded.contentType,
    body: responseText(recorded),
    code: "HERD_BAD_REQUEST",
  });
};

describe("native bodies that Ollama refuses without a model to look at", () => {
  it.each([
    "chat-array-body",
    "chat-bad-json",
    "chat-bad-name",
    "chat-bom",
    "chat-cloud-and-local",
    "chat-empty-body",
    "chat-empty-model",
    "chat-missing-model",
    "chat-name-digest",
    "chat-number-model",
    "chat-truncated-json",
    "chat-zstd-body-native",
    "generate-bad-json",
    "generate-empty-body",
    "generate-missing-model",
    "show-empty-body",
    "show-missing-model",
  ])("%s gets the recorded bytes", (name) => {
    const { path, request } = recording(name);
    expectRecordedBytes(readerOf(path).read(request).refusal, name);
  });

  it.each([
    "chat-content-array",
    "chat-keep-alive-bool",
    "chat-keep-alive-string-300",
    "chat-keep-alive-string-garbage",
    "chat-keep-alive-string-minus-1",
    "chat-messages-string",
    "chat-stream-string-400",
    "chat-think-bad-value",
    "chat-top-logprobs-400",
    "generate-prompt-number",
  ])("%s is left to the node, and judged as recorded when asked", (name) => {
    const { path, request } = recording(name);
    const { read, judge } = readerOf(path);
    expect(read(request).refusal).toBeUndefined();
    expectRecordedBytes(judge(request), name);
  });

  it.each([
    "chat-stream",
    "chat-think-stream",
    "chat-tools-stream",
    "generate-nonstream",
    "show",
    "chat-option-wrong-type",
  ])("%s has nothing to be judged", (name) => {
    const { path, request } = recording(name);
    expect(readerOf(path).judge(request)).toBeUndefined();
  });

  it("are told the first thing that Ollama would find", () => {
    expect(messageOf(readChat(Buffer.from('{"stream":1,"model":2}')))).toMatch(/ChatRequest.stream of type bool/);
    expect(messageOf(readChat(Buffer.from('{"top_logprobs":21}')))).toBe("top_logprobs must be between 0 and 20");
    expect(messageOf(readChat(Buffer.from("null")))).toBe("model is required");
    expect(messageOf(readChat(Buffer.from('{"model":"a:local:cloud"}')))).toBe(
      'use either :local or :cloud, not both: "a:local:cloud"',
    );
  });

  it("are echoed the name as it was written", () => {
    expect(readGenerate(Buffer.from('{"model":"  "}')).refusal).toMatchObject({
      status: 404,
      body: '{"error":"model \'  \' not found"}',
    });
  });
});

describe("facts of native bodies", () => {
  it.each([
    [
      "chat-stream",
      { kind: "chat", model: "smollm2:135m", isStream: true, needed: ["completion"], keepAlive: "absent" },
    ],
    ["chat-nonstream", { kind: "chat", isStream: false, outputLimit: 8 }],
    ["chat-key-case", { kind: "chat", model: "smollm2:135m", isStream: false }],
    ["chat-duplicate-model-key", { kind: "chat", model: "smollm2:135m" }],
    ["chat-trailing-garbage", { kind: "chat", model: "smollm2:135m" }],
    ["chat-keep-alive-0-unload", { kind: "unload", needed: [], keepAlive: "zero" }],
    ["chat-load-warm", { kind: "load", needed: ["completion"] }],
    ["chat-keep-alive-string-0s-with-prompt", { kind: "chat", keepAlive: "zero" }],
    ["chat-keep-alive-minus-1", { keepAlive: "other" }],
    ["chat-keep-alive-fraction", { keepAlive: "other" }],
    ["chat-num-ctx-512", { numCtx: 512, loadOptions: "" }],
    ["chat-num-ctx-float", { numCtx: 2048 }],
    ["chat-option-null", { numCtx: undefined }],
    ["chat-option-wrong-type", { numCtx: undefined }],
    ["chat-num-batch-reload", { loadOptions: "num_batch=256" }],
    ["chat-stream-null", { isStream: true }],
    ["chat-think-stream", { needed: ["completion", "thinking"] }],
    ["chat-tools-stream", { needed: ["completion", "tools"] }],
    ["chat-images-ignored", { needed: ["completion", "vision"], imageCount: 1 }],
    ["chat-name-space", { model: "  smollm2:135m " }],
    ["generate-stream", { kind: "generate", isStream: true, needed: ["completion"] }],
    ["generate-suffix", { kind: "generate", needed: ["completion", "insert"] }],
    ["generate-images-ignored", { needed: ["completion", "vision"], imageCount: 1 }],
    ["generate-load-cold", { kind: "load" }],
    ["generate-unload", { kind: "unload", keepAlive: "zero", needed: [] }],
    ["show", { kind: "show", needed: [], isStream: false }],
    ["show-unknown", { kind: "show", model: "nope:1b" }],
  ])("of %s are as the node took them", (name, facts) => {
    const { path, request } = recording(name);
    const result = accepted(readerOf(path).read(request));
    expect(result.facts).toMatchObject(facts);
    const { start, end } = result.facts.modelRange;
    expect(JSON.parse(Buffer.from(request.subarray(start, end)).toString())).toBe(result.facts.model);
  });

  it.each(["chat-name-space", "chat-name-https-prefix", "chat-name-local-suffix"])(
    "of %s name one and the same model",
    (name) => {
      expect(accepted(readChat(recording(name).request)).name.key).toBe("registry.ollama.ai/library/smollm2:135m");
    },
  );

  it("count the characters of texts, and images by number, not by size", () => {
    const { facts } = chat(
      '{"model":"m","messages":[{"role":"system","content":"12345"},null,{"CONTENT":"a\\n\\u00e9😀","images":["AAAAAAAA","AA"],"thinking":"xy"}]}',
    );
    expect(facts).toMatchObject({ promptCharacters: 5 + 4 + 2, imageCount: 2 });
    expect(
      generate('{"model":"m","prompt":"123","system":"4567","suffix":"8","context":[1,2,3]}').facts.promptCharacters,
    ).toBe(20);
  });

  it("count tools and tool calls with their text", () => {
    const tools = '[{"type":"function"}]';
    expect(chat(`{"model":"m","messages":[{"tool_calls":[{}]}],"tools":${tools}}`).facts.promptCharacters).toBe(
      4 + tools.length,
    );
    expect(chat('{"model":"m","tools":[]}').facts).toMatchObject({ needed: ["completion"], promptCharacters: 0 });
  });

  it("count a repeated field once, the last time", () => {
    const { facts } = chat(
      '{"model":"a","model":"b","messages":[{"content":"12345","images":["A"]}],"Messages":[{"content":"1"}]}',
    );
    expect(facts).toMatchObject({ model: "b", promptCharacters: 1, imageCount: 0, kind: "chat" });
  });

  it("treat null as Go does: it takes a pointer, a list or a map away and leaves a text", () => {
    const { facts } = chat(
      '{"model":"a","model":null,"stream":false,"stream":null,"options":{"num_ctx":1,"num_gpu":1},"options":null,"messages":[{}],"messages":null,"keep_alive":0,"keep_alive":null}',
    );
    expect(facts).toMatchObject({
      model: "a",
      isStream: true,
      numCtx: undefined,
      loadOptions: "",
      kind: "load",
      keepAlive: "absent",
    });
  });

  it("add options up over repeated objects, and let the last value count", () => {
    const { facts } = chat(
      '{"model":"a","options":{"num_ctx":1,"num_thread":4},"options":{"num_ctx":2.9,"use_mmap":false,"num_gpu":-1.0}}',
    );
    expect(facts).toMatchObject({ numCtx: 2, loadOptions: "num_gpu=-1,num_thread=4,use_mmap=false" });
    expect(chat('{"model":"a","options":{"num_ctx":1,"num_ctx":null}}').facts.numCtx).toBeUndefined();
  });

  it("take option names by their exact letters", () => {
    expect(chat('{"model":"a","options":{"NUM_CTX":5,"Num_Batch":6}}').facts).toMatchObject({
      numCtx: undefined,
      loadOptions: "",
    });
  });

  it("bound the output only by a positive limit", () => {
    expect(generate('{"model":"a","options":{"num_predict":-1}}').facts.outputLimit).toBeUndefined();
    expect(generate('{"model":"a","options":{"num_predict":7.9}}').facts.outputLimit).toBe(7);
  });

  it("carry tags, user and fallbacks, and leave them in the body", () => {
    const result = chat(
      '{"model":"a","metadata":{"tags":["x","y","x","",5],"z":1},"user":"me","fallback_models":["b","c"]}',
    );
    expect(result.facts).toMatchObject({ tags: ["x", "y"], user: "me" });
    expect(result.facts.fallbackModels).toEqual(["b", "c"]);
    expect(chat('{"model":"a","metadata":5,"user":5,"fallback_models":"b"}')).toMatchObject({
      facts: { tags: [], user: undefined, fallbackModels: [] },
    });
  });

  it("pass fields of a wrong type on when the model can be read", () => {
    expect(chat('{"model":"m","messages":"hi","stream":"yes","tools":{},"options":[]}').facts).toMatchObject({
      kind: "chat",
      isStream: true,
      needed: ["completion"],
    });
  });

  it("take the older name of show when the newer one is empty", () => {
    const show = (text: string) => accepted(readShow(Buffer.from(text)));
    expect(show('{"model":"","name":"x"}').facts.model).toBe("x");
    expect(show('{"model":"y","name":""}').facts.model).toBe("y");
    expect(show('{"name":"x","model":"y"}').facts.model).toBe("y");
    expect(messageOf(readShow(Buffer.from('{"model":"","name":""}')))).toBe("model is required");
  });

  it("are not fooled by keys of prototypes", () => {
    expect(
      chat('{"__proto__":{"model":"x"},"constructor":1,"model":"m","options":{"__proto__":{"num_ctx":1}}}').facts,
    ).toMatchObject({
      model: "m",
      numCtx: undefined,
    });
  });
});
