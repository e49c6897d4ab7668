import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TranslatedRequest } from "../../domain/translation.ts";
import type { WireRoute } from "../../domain/wire-route.ts";
import { chunkings } from "../testing/chunking.ts";
import { recording } from "../testing/recording.ts";
import { llamaServerReply } from "./testing/llama-server.ts";
import { taskOf, translator } from "./testing/translated-call.ts";
import { createTranslator } from "./translate-request.ts";

const hello = [{ role: "user", content: "Hi" }];

const translate = (from: WireRoute, to: WireRoute, body: object) => translator().translate(taskOf({ from, to, body }));

const translated = (from: WireRoute, to: WireRoute, body: object): TranslatedRequest => {
  const translation = translate(from, to, body);
  if (translation.kind === "untranslatable") throw new Error(translation.why);
  return translation;
};

const whyNot = (from: WireRoute, to: WireRoute, body: object): string | undefined => {
  const translation = translate(from, to, body);
  return translation.kind === "untranslatable" ? translation.why : undefined;
};

const bodyOf = ({ body }: TranslatedRequest) => JSON.parse(Buffer.from(body).toString()) as Record<string, unknown>;

const replyOf = ({ createReply }: TranslatedRequest, chunks: readonly Uint8Array[]): string | undefined => {
  const reply = createReply();
  const pieces = chunks.map((chunk) => reply.translate(chunk));
  const end = reply.end();
  return end === undefined ? undefined : Buffer.concat([...pieces, end]).toString();
};

describe("a translated request", () => {
  it("names the model as the backend does, and its reply as the client did", () => {
    const task = taskOf({
      from: "/api/chat",
      to: "/v1/chat/completions",
      body: { model: "Mine", messages: hello, stream: false },
    });
    const translation = translator().translate({ ...task, model: "org/mine.gguf", requestedModel: "Mine" });
    expect(translation).toMatchObject({ kind: "translated", route: "/v1/chat/completions" });
    if (translation.kind === "untranslatable") return;
    expect(bodyOf(translation)).toMatchObject({ model: "org/mine.gguf" });
    expect(replyOf(translation, [llamaServerReply("chat-whole")])).toContain('"model":"Mine"');
  });

  it("goes to the route for plain completions where a generation is raw", () => {
    const raw = translated("/api/generate", "/v1/chat/completions", { model: "m", prompt: "a", raw: true });
    expect(raw.route).toBe("/v1/completions");
    expect(bodyOf(raw)).toMatchObject({ prompt: "a", stream: true });
    expect(replyOf(raw, [llamaServerReply("completion-stream")])).toMatch(/"done":true,"done_reason":"length"/);
  });

  it("reads only the first value of a body, whatever the letter case of its members", () => {
    const task = taskOf({ from: "/api/chat", to: "/v1/chat/completions", body: {} });
    const body = Buffer.from('  {"Model":"m","MESSAGES":[{"role":"user","content":"Hi"}]} trailing');
    const translation = translator().translate({ ...task, body });
    expect(translation.kind === "translated" && bodyOf(translation)["messages"]).toEqual(hello);
  });

  it("tells what the backend cannot obey", () => {
    const body = { model: "m", messages: hello, keep_alive: "5m", options: { num_ctx: 512 } };
    expect(translated("/api/chat", "/v1/chat/completions", body).ignored).toEqual(["num_ctx", "keep_alive"]);
  });

  it.each<[why: string, asked: readonly [WireRoute, WireRoute, object]]>([
    ["n: ", ["/v1/chat/completions", "/api/chat", { model: "m", messages: hello, n: 2 }]],
    ["logit_bias: ", ["/v1/chat/completions", "/api/chat", { model: "m", messages: hello, logit_bias: { "1": 2 } }]],
    [
      "options.num_gpu: ",
      ["/api/chat", "/v1/chat/completions", { model: "m", messages: hello, options: { num_gpu: 1 } }],
    ],
    ["template: ", ["/api/generate", "/v1/chat/completions", { model: "m", prompt: "a", template: "{{ .Prompt }}" }]],
    ["context: ", ["/api/generate", "/v1/chat/completions", { model: "m", prompt: "a", context: [1] }]],
    ["suffix: ", ["/api/generate", "/v1/chat/completions", { model: "m", prompt: "a", suffix: "b" }]],
    ["keep_alive: ", ["/api/generate", "/v1/chat/completions", { model: "m", keep_alive: 0 }]],
    ["keep_alive: ", ["/api/chat", "/v1/chat/completions", { model: "m", messages: [], keep_alive: "0s" }]],
    ["/v1/images/generations ", ["/v1/images/generations", "/api/chat", { model: "m" }]],
    ["/api/chat has no translation", ["/api/chat", "/v1/responses", { model: "m" }]],
    ["the body ", ["/api/chat", "/v1/chat/completions", []]],
  ])("is refused by the name of what cannot be said: %s", (why, asked) => {
    expect(whyNot(...asked)).toContain(why);
  });

  it("survives tools and schemas that are nested very deeply", () => {
    const deep = `${'{"a":'.repeat(9000)}1${"}".repeat(9000)}`;
    const text = `{"model":"m","messages":[{"role":"user","content":"a"}],"response_format":{"type":"json_schema","json_schema":{"schema":${deep}}}}`;
    const task = taskOf({ from: "/v1/chat/completions", to: "/api/chat", body: {} });
    const translation = translator().translate({ ...task, body: Buffer.from(text) });
    expect(translation.kind === "translated" && Buffer.from(translation.body).toString()).toContain(deep);
  });

  it("is never thrown at, whatever the body", () => {
    const routes: readonly (readonly [WireRoute, WireRoute])[] = [
      ["/api/chat", "/v1/chat/completions"],
      ["/api/generate", "/v1/chat/completions"],
      ["/v1/chat/completions", "/api/chat"],
      ["/v1/completions", "/api/generate"],
      ["/v1/responses", "/api/chat"],
      ["/v1/messages", "/v1/chat/completions"],
      ["/v1/embeddings", "/api/embeddings"],
      ["/api/embed", "/v1/embeddings"],
      ["/api/embeddings", "/v1/embeddings"],
    ];
    const names = [
      "messages",
      "prompt",
      "input",
      "tools",
      "options",
      "format",
      "stop",
      "think",
      "keep_alive",
      "system",
    ];
    const bodies = fc.dictionary(fc.constantFrom(...names, "__proto__", "response_format"), fc.jsonValue(), {
      maxKeys: 6,
    });
    fc.assert(
      fc.property(fc.constantFrom(...routes), bodies, ([from, to], body) => {
        const translation = translate(from, to, body);
        if (translation.kind === "translated") expect(() => bodyOf(translation)).not.toThrow();
        else expect(translation.why).not.toBe("");
      }),
      { numRuns: 500 },
    );
  });
});

describe("a load on a server that has none", () => {
  const load = () => translated("/api/generate", "/v1/chat/completions", { model: "m", keep_alive: "10m" });

  it("is the smallest of answers", () => {
    expect(bodyOf(load())).toMatchObject({ max_tokens: 1, stream: false });
    expect(load().ignored).toEqual(["keep_alive"]);
  });

  it("is answered as a load, and only when the server answered", () => {
    const reply = replyOf(load(), [llamaServerReply("chat-whole")]);
    expect(reply).toMatch(/^\{"model":"m","created_at":"[^"]+","response":"","done":true,"done_reason":"load"\}/);
    expect(replyOf(load(), [Buffer.from('{"error":"no"}')])).toBeUndefined();
  });
});

describe("a translated reply", () => {
  const body = { model: "m", messages: hello, stream: true };
  const cases = [
    [
      "llama-server's text to Ollama's chat",
      translated("/api/chat", "/v1/chat/completions", body),
      llamaServerReply("chat-stream"),
    ],
    [
      "llama-server's calls to Anthropic's messages",
      translated("/v1/messages", "/v1/chat/completions", { ...body, max_tokens: 9 }),
      llamaServerReply("chat-tools-stream"),
    ],
    [
      "llama-server's thoughts to OpenAI's responses",
      translated("/v1/responses", "/v1/chat/completions", { model: "m", input: "Hi", stream: true }),
      llamaServerReply("chat-thinking-stream"),
    ],
    [
      "Ollama's calls to OpenAI's chat",
      translated("/v1/chat/completions", "/api/chat", body),
      Buffer.concat([...recording("chat-tools-stream").chunks]),
    ],
  ] as const;

  it.each(cases)("is the same however the backend's bytes are cut: %s", (_title, translation, reply) => {
    const expected = replyOf(translation, [reply]);
    expect(expected).toMatch(/.+/);
    fc.assert(
      fc.property(chunkings(reply), (chunks) => {
        expect(replyOf(translation, chunks)).toBe(expected);
      }),
      { numRuns: 30 },
    );
  });

  it.each(cases)("is not ended when the backend's was cut: %s", (_title, translation, reply) => {
    expect(replyOf(translation, [reply.subarray(0, reply.length / 2)])).toBeUndefined();
  });

  it("goes on as soon as the backend's does", () => {
    const [, translation, reply] = cases[0];
    const { translate: next } = translation.createReply();
    const firstEvent = reply.subarray(0, Buffer.from(reply).indexOf("\n\n") + 2);
    expect(Buffer.from(next(firstEvent)).toString()).toMatch(/"content":"Ε"/);
  });

  it("ends as the record of an error inside it wants: with whole records only", () => {
    const translation = translated("/v1/chat/completions", "/api/chat", body);
    const tap = translation.createTap();
    for (const chunk of recording("fail-runner-killed-chat-stream").chunks) tap.observe(chunk);
    expect(tap.end()).toMatchObject({
      isComplete: false,
      errorText: expect.stringContaining("EOF"),
      isErrorVisible: false,
      closePartialRecord: "",
    });
  });

  it("may end without its mark once it told why it ended", () => {
    const text = Buffer.from(llamaServerReply("chat-stream")).toString();
    const { createTap } = translated("/api/chat", "/v1/chat/completions", body);
    const readingOf = (reply: string) => {
      const tap = createTap();
      tap.observe(Buffer.from(reply));
      return tap.end();
    };
    expect(readingOf(text)).toMatchObject({
      isComplete: true,
      promptTokens: 35,
      outputTokens: 12,
      finishReason: "length",
    });
    expect(readingOf(text.replace("data: [DONE]\n\n", ""))).toMatchObject({ mayEndHere: true, outputTokens: 12 });
    expect(readingOf(text.slice(0, 600))).toMatchObject({ isComplete: false, mayEndHere: false });
  });

  it("tells durations that were seen where the backend tells none", () => {
    let now = 1000;
    const task = taskOf({ from: "/api/chat", to: "/v1/chat/completions", body });
    const translation = createTranslator({ now: () => now, newId: () => "abcdefgh" }).translate(task);
    if (translation.kind === "untranslatable") throw new Error(translation.why);
    const reply = translation.createReply();
    const chunk = (record: object) => Buffer.from(`data: ${JSON.stringify(record)}\n\n`);
    now = 1250;
    reply.translate(chunk({ choices: [{ index: 0, delta: { content: "a" }, finish_reason: "stop" }] }));
    now = 1750;
    const usage = { prompt_tokens: 3, completion_tokens: 1 };
    const end = Buffer.concat([reply.translate(chunk({ choices: [], usage })), reply.end() ?? Buffer.alloc(0)]);
    expect(JSON.parse(end.toString())).toMatchObject({
      total_duration: 750e6,
      prompt_eval_duration: 250e6,
      eval_duration: 500e6,
    });
  });
});
