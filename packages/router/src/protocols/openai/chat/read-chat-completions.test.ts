import { describe, expect, it } from "vitest";
import { applyEdits } from "../../edits/apply-edits.ts";
import { recording, responseText } from "../../testing/recording.ts";
import { chatCompletionsReader } from "./read-chat-completions.ts";

const { read: readChatCompletions, judge: judgeChatCompletions } = chatCompletionsReader;

const accepted = (body: Uint8Array) => {
  const result = readChatCompletions(body);
  if (result.refusal !== undefined) throw new Error(result.refusal.message);
  return result;
};
const factsOf = (text: string) => accepted(Buffer.from(text)).facts;
const refusalOf = (text: string) => readChatCompletions(Buffer.from(text)).refusal;

describe("chat completions that Ollama refuses without a model to look at", () => {
  it.each([
    "v1-chat-bad-json",
    "v1-chat-empty-body",
    "v1-chat-empty-messages",
    "v1-chat-gzip-body",
    "v1-chat-missing-messages",
    "v1-chat-missing-model",
  ])("%s gets the recorded bytes", (name) => {
    const recorded = recording(name);
    expect(readChatCompletions(recorded.request).refusal).toMatchObject({
      status: recorded.status,
      contentType: recorded.contentType,
      body: responseText(recorded),
    });
  });

  it("v1-chat-temperature-wrong-type is left to the node, and judged as recorded when asked", () => {
    const recorded = recording("v1-chat-temperature-wrong-type");
    expect(readChatCompletions(recorded.request).refusal).toBeUndefined();
    expect(judgeChatCompletions(recorded.request)).toMatchObject({
      status: recorded.status,
      contentType: recorded.contentType,
      body: responseText(recorded),
    });
  });

  it.each(["v1-chat-stream", "v1-chat-tools-stream", "v1-chat-content-parts", "v1-chat-reasoning-stream"])(
    "%s has nothing to be judged",
    (name) => {
      expect(judgeChatCompletions(recording(name).request)).toBeUndefined();
    },
  );

  it("are told the first thing that Ollama would find", () => {
    expect(refusalOf('{"model":5,"stream":"x"}')?.message).toBe(
      "json: cannot unmarshal number into Go struct field ChatCompletionRequest.model of type string",
    );
    expect(refusalOf('{"model":"m","messages":[],"stop":1e999}')?.message).toMatch(/number 1e999/);
    expect(refusalOf('{"messages":[]}')?.message).toBe("[] is too short - 'messages'");
    expect(refusalOf('{"messages":[{}],"top_logprobs":21}')).toMatchObject({ contentType: "application/json" });
    expect(refusalOf('{"model":"a b","messages":[{}]}')).toMatchObject({
      status: 400,
      contentType: "application/json",
      body: '{"error":{"message":"invalid model name","type":"invalid_request_error","param":null,"code":null}}\n',
    });
    expect(refusalOf("[]")?.message).toBe(
      "json: cannot unmarshal array into Go value of type openai.ChatCompletionRequest",
    );
  });
});

describe("facts of chat completions", () => {
  it.each([
    ["v1-chat-stream", { kind: "chat", isStream: true, needed: ["completion"] }],
    ["v1-chat-nonstream", { kind: "chat", isStream: false, model: "smollm2:135m" }],
    ["v1-chat-stream-length", { outputLimit: 3 }],
    ["v1-chat-reasoning-stream", { needed: ["completion", "thinking"] }],
    ["v1-chat-reasoning-effort-none", { needed: ["completion"] }],
    ["v1-chat-tools-stream", { needed: ["completion", "tools"] }],
    ["v1-chat-max-completion-tokens-ignored", { outputLimit: undefined }],
  ])("of %s are as the node took them", (name, facts) => {
    const { request } = recording(name);
    const result = accepted(request);
    expect(result.facts).toMatchObject(facts);
    const { start, end } = result.facts.modelRange;
    expect(JSON.parse(Buffer.from(request.subarray(start, end)).toString())).toBe(result.facts.model);
  });

  it("read texts, images and sounds in parts of the content", () => {
    const parts =
      '[{"type":"text","text":"hello"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"input_audio","input_audio":{"data":"AA"}}]';
    expect(factsOf(`{"model":"m","messages":[{"content":"ab"},{"content":${parts}}]}`)).toMatchObject({
      promptCharacters: 7,
      imageCount: 1,
      needed: ["completion", "vision", "audio"],
    });
  });

  it("know thinking by the effort, wherever it stands", () => {
    expect(factsOf('{"model":"m","messages":[{}],"reasoning_effort":"high"}').needed).toContain("thinking");
    expect(factsOf('{"model":"m","messages":[{}],"reasoning":{"effort":"low"}}').needed).toContain("thinking");
    expect(factsOf('{"model":"m","messages":[{}],"reasoning_effort":"none"}').needed).not.toContain("thinking");
  });

  it("have no context and no keep-alive, which this dialect ignores", () => {
    expect(factsOf('{"model":"m","messages":[{}],"options":{"num_ctx":5},"keep_alive":0}')).toMatchObject({
      numCtx: undefined,
      keepAlive: "absent",
      loadOptions: "",
    });
  });

  it("leave a stream as it was when null follows", () => {
    expect(factsOf('{"model":"m","messages":[{}],"stream":true,"stream":null}').isStream).toBe(true);
  });

  it("let a cloud model pass without messages, which never reach Ollama's own checks", () => {
    expect(factsOf('{"model":"m:cloud","messages":[]}').kind).toBe("chat");
  });

  it("carry tags, user and fallbacks", () => {
    const result = accepted(
      Buffer.from('{"model":"m","messages":[{}],"metadata":{"tags":["x"]},"user":"u","fallback_models":["b"]}'),
    );
    expect(result.facts).toMatchObject({ tags: ["x"], user: "u" });
    expect(result.facts.fallbackModels).toEqual(["b"]);
  });
});

describe("a client that wants no tool to be called", () => {
  const read = (body: object) => {
    const bytes = Buffer.from(JSON.stringify(body));
    const result = readChatCompletions(bytes);
    if (result.refusal !== undefined) throw new Error(result.refusal.message);
    return { result, edited: JSON.parse(Buffer.from(applyEdits(bytes, result.edits)).toString()) as object };
  };
  const asked = { model: "m", messages: [{ role: "user", content: "hi" }], tools: [{ type: "function" }] };

  it("has its tools left out, and needs no model that can call any", () => {
    const { result, edited } = read({ ...asked, tool_choice: "none" });
    expect(edited).toEqual({ model: "m", messages: asked.messages, tool_choice: "none" });
    expect(result.facts.needed).toEqual(["completion"]);
  });

  it("keeps them with any other choice, byte for byte", () => {
    for (const choice of ["auto", "required", { type: "function", function: { name: "f" } }]) {
      const { result } = read({ ...asked, tool_choice: choice });
      expect(result.edits).toEqual([]);
      expect(result.facts.needed).toContain("tools");
    }
  });
});

describe("parameters of chat completions that Ollama ignores", () => {
  const ignoredOf = (members: string) => factsOf(`{"model":"m","messages":[{}],${members}}`).ignored.toSorted();

  it("are told where they mean something", () => {
    expect(
      ignoredOf(
        '"n":2,"logit_bias":{"5":1},"max_completion_tokens":9,"tool_choice":{"type":"function"},"parallel_tool_calls":false,"store":true,"top_k":4,"modalities":["text","audio"],"audio":{},"functions":[{}],"function_call":"f","verbosity":"low","web_search_options":{},"keep_alive":"5m","options":{"num_ctx":1}',
      ),
    ).toEqual([
      "audio",
      "function_call",
      "functions",
      "keep_alive",
      "logit_bias",
      "max_completion_tokens",
      "modalities",
      "n",
      "options",
      "parallel_tool_calls",
      "store",
      "tool_choice",
      "top_k",
      "verbosity",
      "web_search_options",
    ]);
  });

  it("are not told where they say what happens anyway, nor what changes no answer", () => {
    const usual =
      '"n":1,"logit_bias":{},"max_completion_tokens":null,"tool_choice":"auto","parallel_tool_calls":true,"store":false,"modalities":["text"],"functions":[],"function_call":"auto","verbosity":"medium"';
    const silent =
      '"user":"u","metadata":{"a":"b"},"stream_options":{"include_usage":true},"service_tier":"flex","safety_identifier":"s","prompt_cache_key":"k","prediction":{},"made_up":1';
    expect(ignoredOf(usual)).toEqual([]);
    expect(ignoredOf(silent)).toEqual([]);
    expect(ignoredOf('"tool_choice":"none"')).toEqual([]);
  });

  it("are judged by the value that counts, the last one", () => {
    expect(ignoredOf('"n":2,"n":1')).toEqual([]);
    expect(ignoredOf('"n":1,"n":2,"n":3')).toEqual(["n"]);
  });
});
