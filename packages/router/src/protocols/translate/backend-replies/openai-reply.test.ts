import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkings } from "../../testing/chunking.ts";
import type { NeutralEvent } from "../neutral.ts";
import { llamaServerReply } from "../testing/llama-server.ts";
import { eventsOf, plainNeutral } from "../testing/plain-neutral.ts";
import { readOpenaiStream, readOpenaiWhole } from "./openai-reply.ts";

const streamed = (text: string, rest = {}) => eventsOf(readOpenaiStream(plainNeutral(rest)), [Buffer.from(text)]);
const whole = (body: object, rest = {}) =>
  eventsOf(readOpenaiWhole(plainNeutral(rest)), [Buffer.from(JSON.stringify(body))]);

const eventText = (...records: readonly object[]) =>
  records.map((record) => `data: ${JSON.stringify(record)}\n\n`).join("");
const delta = (said: object, rest: object = {}) => ({
  choices: [{ index: 0, delta: said, finish_reason: null, ...rest }],
});
const DONE = "data: [DONE]\n\n";
const finished = (reason = "stop") => delta({}, { finish_reason: reason });

const text = (content: string, choice = 0): NeutralEvent => ({ kind: "text", choice, text: content });
const finish = (reason: string, choice = 0) => ({ kind: "finish", choice, reason }) as NeutralEvent;
const end: NeutralEvent = { kind: "end" };

describe("a stream of a server with OpenAI's API", () => {
  it.each<[string, string, readonly NeutralEvent[]]>([
    [
      "text, then why it ended",
      eventText(delta({ role: "assistant", content: null }), delta({ content: "a" }), finished()) + DONE,
      [text("a"), finish("stop"), end],
    ],
    [
      "why it ended beside the last text",
      eventText(delta({ content: "a" }, { finish_reason: "length" })) + DONE,
      [text("a"), finish("length"), end],
    ],
    ["no mark at its end", eventText(delta({ content: "a" }), finished()), [text("a"), finish("stop"), end]],
    [
      "a mark, but no word of why it ended",
      eventText(delta({ content: "a" })) + DONE,
      [text("a"), finish("stop"), end],
    ],
    [
      "a reason twice, and one that nobody knows",
      eventText(delta({ content: "a" }), finished("eos"), finished("length")) + DONE,
      [text("a"), finish("stop"), end],
    ],
    [
      "a text after its reason",
      eventText(finished(), delta({ content: "a" })) + DONE,
      [text("a"), finish("stop"), end],
    ],
    [
      "thoughts by one name",
      eventText(delta({ reasoning: "hm", content: "a" }), finished()) + DONE,
      [{ kind: "thinking", choice: 0, text: "hm" }, text("a"), finish("stop"), end],
    ],
    [
      "thoughts by the other",
      eventText(delta({ reasoning_content: "hm" }), finished()) + DONE,
      [{ kind: "thinking", choice: 0, text: "hm" }, finish("stop"), end],
    ],
    [
      "thoughts by both",
      eventText(delta({ reasoning: "hm", reasoning_content: "hm" }), finished()) + DONE,
      [{ kind: "thinking", choice: 0, text: "hm" }, finish("stop"), end],
    ],
    [
      "a refusal",
      eventText(delta({ refusal: "no" }), finished("content_filter")) + DONE,
      [text("no"), finish("content-filter"), end],
    ],
    [
      "content in parts",
      eventText(
        delta({
          content: [
            { type: "text", text: "a" },
            { type: "text", text: "b" },
          ],
        }),
        finished(),
      ) + DONE,
      [text("ab"), finish("stop"), end],
    ],
    [
      "plain completions",
      eventText({ choices: [{ index: 0, text: "a", finish_reason: "stop" }] }) + DONE,
      [text("a"), finish("stop"), end],
    ],
    [
      "several answers",
      eventText({
        choices: [
          { index: 1, delta: { content: "b" }, finish_reason: "stop" },
          { index: 0, delta: { content: "a" }, finish_reason: "length" },
        ],
      }) + DONE,
      [text("b", 1), text("a"), finish("stop", 1), finish("length"), end],
    ],
    [
      "which text it stopped at",
      eventText(delta({ content: "a" }, { finish_reason: "stop", stop_reason: "##" })) + DONE,
      [text("a"), { kind: "finish", choice: 0, reason: "stop", stopSequence: "##" }, end],
    ],
    [
      "the older form of a call",
      eventText(delta({ function_call: { name: "f", arguments: "{}" } }), finished("function_call")) + DONE,
      [
        { kind: "tool-call", choice: 0, index: 0, id: "", name: "f" },
        { kind: "tool-arguments", choice: 0, index: 0, text: "{}" },
        finish("tool-calls"),
        end,
      ],
    ],
  ])("may have %s", (_title, reply, events) => {
    expect(streamed(reply)).toEqual({ events, isWhole: true });
  });

  it.each([
    [
      "with choices",
      eventText(delta({ content: "a" }), { ...finished(), usage: { prompt_tokens: 3, completion_tokens: 1 } }),
    ],
    [
      "without choices",
      eventText(delta({ content: "a" }), finished(), {
        choices: [],
        usage: { prompt_tokens: 3, completion_tokens: 1 },
      }),
    ],
    [
      "in every chunk",
      eventText(
        { ...delta({ content: "a" }), usage: { prompt_tokens: 0, completion_tokens: 0 } },
        { ...finished(), usage: { prompt_tokens: 3, completion_tokens: 1 } },
      ),
    ],
    [
      "as null before",
      eventText({ ...delta({ content: "a" }), usage: null }, finished(), {
        choices: [],
        usage: { prompt_tokens: 3, completion_tokens: 1 },
      }),
    ],
    [
      "before a last chunk that tells nothing",
      eventText(
        delta({ content: "a" }),
        { ...finished(), usage: { prompt_tokens: 3, completion_tokens: 1 } },
        { choices: [] },
      ),
    ],
  ])("tells its usage once, after its reason: %s", (_title, reply) => {
    const { events } = streamed(reply + DONE);
    expect(events.map(({ kind }) => kind)).toEqual(["text", "finish", "usage", "end"]);
    expect(events[2]).toMatchObject({ usage: { promptTokens: 3, outputTokens: 1 } });
  });

  it("tells tokens of a cache and of thoughts, and the durations that llama-server adds", () => {
    const usage = {
      prompt_tokens: 3,
      completion_tokens: 2,
      prompt_tokens_details: { cached_tokens: 1 },
      completion_tokens_details: { reasoning_tokens: 1 },
    };
    const { events } = streamed(
      eventText(finished(), { choices: [], usage, timings: { prompt_ms: 1.5, predicted_ms: 2 } }) + DONE,
    );
    expect(events[1]).toEqual({
      kind: "usage",
      usage: {
        promptTokens: 3,
        outputTokens: 2,
        cachedTokens: 1,
        thinkingTokens: 1,
        promptNs: 1_500_000,
        outputNs: 2_000_000,
      },
    });
  });

  it.each([
    ["an error", eventText(delta({ content: "a" }), { error: { message: "out of memory" } }) + DONE],
    ["an error of older vLLM", eventText(delta({ content: "a" }), { object: "error", message: "no" }) + DONE],
    ["no reason and no mark", eventText(delta({ content: "a" }))],
    ["nothing but a mark", DONE],
    ["nothing", ""],
    ["a record that is none", `data: {]\n\n${DONE}`],
    ["half a record", 'data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}'],
    [
      "one answer of two without a reason",
      eventText(delta({ content: "a" }), { choices: [{ index: 1, delta: {}, finish_reason: "stop" }] }),
    ],
  ])("is not taken for whole with %s", (_title, reply) => {
    expect(streamed(reply).isWhole).toBe(false);
  });

  it("says nothing after an error", () => {
    expect(streamed(eventText({ error: "no" }, delta({ content: "a" }), finished()) + DONE).events).toEqual([]);
  });

  it("may turn out to be one object", () => {
    const body = { choices: [{ index: 0, message: { content: "a" }, finish_reason: "stop" }] };
    expect(streamed(`\n${JSON.stringify(body)}`).events).toEqual([text("a"), finish("stop"), end]);
  });

  it("gives up choices and calls without number", () => {
    const many = Array.from({ length: 3000 }, (_, index) => ({
      index,
      delta: { content: "a" },
      finish_reason: "stop",
    }));
    expect(streamed(eventText({ choices: many }) + DONE).isWhole).toBe(false);
    const calls = Array.from({ length: 3000 }, (_, index) => ({ index, id: `${index}`, function: { name: "f" } }));
    expect(streamed(eventText(delta({ tool_calls: calls })) + DONE).isWhole).toBe(false);
  });
});

describe("log probabilities", () => {
  const entry = {
    id: 7,
    token: "a",
    bytes: [97],
    logprob: -1,
    top_logprobs: [
      { id: 7, token: "a", bytes: [97], logprob: -1 },
      { id: 8, token: "b", bytes: [98], logprob: -2 },
    ],
  };
  const legacy = { tokens: ["a"], token_logprobs: [-1], top_logprobs: [{ a: -1, b: -2 }], text_offset: [0] };

  it("are cut to the number that was asked for", () => {
    const reply = eventText(delta({ content: "a" }, { logprobs: { content: [entry] } }), finished()) + DONE;
    const own = { token: "a", bytes: [97], logprob: -1 };
    expect(streamed(reply, { logprobs: { top: 1 } }).events[0]).toEqual({
      ...text("a"),
      logprobs: [{ ...own, top_logprobs: [own] }],
    });
    expect(streamed(reply, { logprobs: { top: 0 } }).events[0]).toEqual({ ...text("a"), logprobs: [own] });
  });

  it("are read in the form of plain completions", () => {
    const reply = eventText({ choices: [{ index: 0, text: "a", logprobs: legacy, finish_reason: "stop" }] }) + DONE;
    const rivals = [
      { token: "a", logprob: -1 },
      { token: "b", logprob: -2 },
    ];
    expect(streamed(reply, { logprobs: { top: 2 } }).events[0]).toEqual({
      ...text("a"),
      logprobs: [{ token: "a", logprob: -1, top_logprobs: rivals }],
    });
  });

  it("go with thoughts where there is no text yet", () => {
    const reply = eventText(delta({ reasoning: "a" }, { logprobs: { content: [entry] } }), finished()) + DONE;
    expect(streamed(reply).events[0]).toMatchObject({ kind: "thinking", logprobs: [{ token: "a" }] });
  });

  it("are left out where they do not name their token", () => {
    const reply =
      eventText(delta({ content: "a" }, { logprobs: { content: [{ id: 7, logprob: -1 }, {}] } }), finished()) + DONE;
    expect(streamed(reply).events[0]).toEqual(text("a"));
  });
});

describe("a whole answer of a server with OpenAI's API", () => {
  it("is the same events at once", () => {
    const calls = [
      { id: "", type: "function", function: { name: "f", arguments: "{}" } },
      { id: "", type: "function", function: { name: "f", arguments: { x: 1 } } },
    ];
    const message = { role: "assistant", content: null, reasoning_content: "hm", tool_calls: calls };
    const body = {
      choices: [{ index: 0, message, finish_reason: "tool_calls" }],
      usage: { prompt_tokens: 1, completion_tokens: 2 },
    };
    expect(whole(body).events).toMatchObject([
      { kind: "thinking", text: "hm" },
      { kind: "tool-call", index: 0, name: "f" },
      { kind: "tool-arguments", index: 0, text: "{}" },
      { kind: "tool-call", index: 1, name: "f" },
      { kind: "tool-arguments", index: 1, text: '{"x":1}' },
      finish("tool-calls"),
      { kind: "usage", usage: { promptTokens: 1, outputTokens: 2 } },
      end,
    ]);
  });

  it.each([
    ["an error", { error: { message: "no" } }],
    ["no answers", { choices: [] }],
    ["another kind of object", { object: "list", data: [] }],
  ])("is not understood when it is %s", (_title, body) => {
    expect(whole(body).isWhole).toBe(false);
  });
});

describe("the replies of a real llama-server", () => {
  const spoken = (events: readonly NeutralEvent[]) =>
    events.map((event) => (event.kind === "text" || event.kind === "tool-arguments" ? event.text : "")).join("");

  it("are read in a stream", () => {
    const { events, isWhole } = eventsOf(readOpenaiStream(plainNeutral()), [llamaServerReply("chat-stream")]);
    expect(isWhole).toBe(true);
    expect(spoken(events)).toMatch(/^Ελλο/);
    expect(events.slice(-3)).toMatchObject([
      finish("length"),
      { kind: "usage", usage: { promptTokens: 35, outputTokens: 12, promptNs: expect.any(Number) } },
      end,
    ]);
  });

  it.each([
    ["chat-tools-stream", readOpenaiStream],
    ["chat-tools-whole", readOpenaiWhole],
  ] as const)("are read with a call of a tool: %s", (name, read) => {
    const { events } = eventsOf(read(plainNeutral()), [llamaServerReply(name)]);
    const [call] = events;
    expect(call).toMatchObject({ kind: "tool-call", index: 0, name: "get_weather", id: expect.stringMatching(/.+/) });
    expect(JSON.parse(spoken(events))).toEqual({ city: "Paris" });
    expect(events.filter(({ kind }) => kind === "finish")).toEqual([finish("tool-calls")]);
  });

  it("are read with thoughts", () => {
    const { events, isWhole } = eventsOf(readOpenaiStream(plainNeutral()), [llamaServerReply("chat-thinking-stream")]);
    expect(isWhole).toBe(true);
    expect(new Set(events.map(({ kind }) => kind))).toEqual(new Set(["thinking", "finish", "usage", "end"]));
  });

  it.each(["chat-stream-logprobs", "completion-stream"])("are read with log probabilities: %s", (name) => {
    const { events } = eventsOf(readOpenaiStream(plainNeutral({ logprobs: { top: 1 } })), [llamaServerReply(name)]);
    const first = events.find((event) => event.kind === "text");
    expect(first?.logprobs?.[0]).toEqual({
      token: expect.any(String),
      logprob: expect.any(Number),
      bytes: expect.any(Array),
      top_logprobs: [expect.objectContaining({ token: expect.any(String) })],
    });
  });

  it.each(["chat-whole", "chat-schema", "completion-whole"])("are read whole: %s", (name) => {
    const { events, isWhole } = eventsOf(readOpenaiWhole(plainNeutral()), [llamaServerReply(name)]);
    expect(isWhole).toBe(true);
    expect(spoken(events)).not.toBe("");
  });
});

describe("whatever the bytes", () => {
  it.each(["chat-stream", "chat-tools-stream"])("any chunking gives the same events: %s", (name) => {
    const reply = llamaServerReply(name);
    const expected = eventsOf(readOpenaiStream(plainNeutral()), [reply]);
    fc.assert(
      fc.property(chunkings(reply), (chunks) => {
        expect(eventsOf(readOpenaiStream(plainNeutral()), chunks)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it("nothing throws", () => {
    const pieces = fc.oneof(
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
      fc.json().map((json) => Buffer.from(`data: ${json}\n\n`)),
      fc
        .record({
          index: fc.jsonValue(),
          delta: fc.jsonValue(),
          logprobs: fc.jsonValue(),
          finish_reason: fc.jsonValue(),
        })
        .map((choice) => Buffer.from(eventText({ choices: [choice], usage: choice.logprobs }))),
      fc
        .record({ index: fc.jsonValue(), id: fc.jsonValue(), function: fc.jsonValue() })
        .map((call) =>
          Buffer.from(eventText(delta({ tool_calls: [call], content: call.id, function_call: call.function }))),
        ),
      fc.constant(Buffer.from(DONE)),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (chunks) => {
        eventsOf(readOpenaiStream(plainNeutral()), chunks);
        eventsOf(readOpenaiWhole(plainNeutral()), chunks);
      }),
      { numRuns: 300 },
    );
  });

  it("deep nesting, foreign keys and a huge record do no harm", () => {
    const deep = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`;
    const call = `{"choices":[{"message":{"tool_calls":[{"function":{"name":"f","arguments":${deep}}}]},"finish_reason":"stop"}]}`;
    expect(eventsOf(readOpenaiWhole(plainNeutral()), [Buffer.from(call)]).isWhole).toBe(true);
    const proto =
      '{"__proto__":{"x":1},"choices":[{"__proto__":1,"delta":{"content":"a"},"finish_reason":"constructor"}]}';
    expect(streamed(`data: ${proto}\n\n${DONE}`).events).toEqual([text("a"), finish("stop"), end]);
    const big = "x".repeat(10 * 1024 * 1024);
    expect(streamed(eventText(delta({ content: big }), finished()) + DONE).events[0]).toEqual(text(big));
  });
});
