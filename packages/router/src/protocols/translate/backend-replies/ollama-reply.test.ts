import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkings } from "../../testing/chunking.ts";
import { recording } from "../../testing/recording.ts";
import { eventsOf } from "../testing/plain-neutral.ts";
import { readOllamaStream, readOllamaWhole } from "./ollama-reply.ts";

const lines = (...records: readonly object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join("");
const streamed = (text: string) => eventsOf(readOllamaStream(), [Buffer.from(text)]);
const whole = (text: string) => eventsOf(readOllamaWhole(), [Buffer.from(text)]);
const done = { done: true, done_reason: "stop", prompt_eval_count: 3, eval_count: 2, eval_duration: 7 };
const closing = (reason = "stop") => [
  { kind: "finish", choice: 0, reason },
  { kind: "usage", usage: { promptTokens: 3, outputTokens: 2, outputNs: 7 } },
  { kind: "end" },
];

describe("a reply of Ollama", () => {
  it("is text and thoughts of a chat", () => {
    const reply = lines(
      { message: { content: "", thinking: "hm" }, done: false },
      { message: { content: "a", thinking: "b" }, done: false },
      { message: { content: "" }, ...done },
    );
    expect(streamed(reply).events).toEqual([
      { kind: "thinking", choice: 0, text: "hm" },
      { kind: "thinking", choice: 0, text: "b" },
      { kind: "text", choice: 0, text: "a" },
      ...closing(),
    ]);
  });

  it("is text and thoughts of a generation", () => {
    const reply = lines(
      { response: "", thinking: "hm", done: false },
      { response: "a", done: false },
      { response: "b", ...done },
    );
    expect(streamed(reply).events).toEqual([
      { kind: "thinking", choice: 0, text: "hm" },
      { kind: "text", choice: 0, text: "a" },
      { kind: "text", choice: 0, text: "b" },
      ...closing(),
    ]);
  });

  it("is calls of tools, whatever it says of why it ended", () => {
    const call = (name: string) => ({ id: "c", function: { index: 0, name, arguments: { "<": 1 } } });
    const reply = lines(
      { message: { content: "", tool_calls: [call("f"), call("g")] }, done: false },
      { message: {}, ...done },
    );
    expect(streamed(reply).events).toEqual([
      { kind: "tool-call", choice: 0, index: 0, id: "c", name: "f" },
      { kind: "tool-arguments", choice: 0, index: 0, text: '{"\\u003c":1}' },
      { kind: "tool-call", choice: 0, index: 1, id: "c", name: "g" },
      { kind: "tool-arguments", choice: 0, index: 1, text: '{"\\u003c":1}' },
      ...closing("tool-calls"),
    ]);
  });

  it("carries log probabilities, also where nothing is said", () => {
    const logprobs = [{ token: "a", logprob: -1, bytes: [97] }];
    const reply = lines(
      { message: { content: "", thinking: "hm" }, logprobs, done: false },
      { message: { content: "" }, logprobs, done: false },
      { message: { content: "" }, ...done },
    );
    expect(streamed(reply).events).toEqual([
      { kind: "thinking", choice: 0, text: "hm", logprobs },
      { kind: "text", choice: 0, text: "", logprobs },
      ...closing(),
    ]);
  });

  it.each([
    ["load", "load"],
    ["unload", "unload"],
    ["length", "length"],
    ["something new", "stop"],
    [undefined, "stop"],
  ])("ends for the reason it tells: %s", (told, reason) => {
    expect(streamed(JSON.stringify({ message: { content: "" }, ...done, done_reason: told })).events).toEqual(
      closing(reason),
    );
  });

  it.each([
    ["an error after some text", lines({ message: { content: "a" }, done: false }, { error: "unexpected EOF" })],
    ["no closing record", lines({ message: { content: "a" }, done: false })],
    ["half a closing record", '{"message":{"content":"a"},"done":true'],
    [
      "a line that is no record",
      `${lines({ message: { content: "a" }, done: false })}oops\n${lines({ message: {}, ...done })}`,
    ],
    ["nothing", ""],
  ])("is not taken for whole with %s", (_title, reply) => {
    expect(streamed(reply).isWhole).toBe(false);
    expect(whole(reply).isWhole).toBe(false);
  });

  it("may be one object", () => {
    expect(whole(JSON.stringify({ message: { content: "a", thinking: "hm" }, ...done })).events).toEqual([
      { kind: "thinking", choice: 0, text: "hm" },
      { kind: "text", choice: 0, text: "a" },
      ...closing(),
    ]);
  });
});

describe("the recorded replies of a real Ollama", () => {
  it.each([
    "chat-stream",
    "chat-tools-stream",
    "chat-think-stream",
    "chat-logprobs",
    "generate-stream",
    "chat-load-cold",
  ])("give the same events however they are cut: %s", (name) => {
    const reply = Buffer.concat([...recording(name).chunks]);
    const expected = eventsOf(readOllamaStream(), [reply]);
    expect(expected.isWhole).toBe(true);
    fc.assert(
      fc.property(chunkings(reply), (chunks) => {
        expect(eventsOf(readOllamaStream(), chunks)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it.each(["fail-runner-killed-chat-stream", "fail-runner-killed-generate-stream", "fail-serve-sigterm-chat-stream"])(
    "are not taken for whole when they broke off: %s",
    (name) => {
      expect(eventsOf(readOllamaStream(), recording(name).chunks).isWhole).toBe(false);
    },
  );
});

describe("whatever the bytes", () => {
  it("nothing throws", () => {
    const pieces = fc.oneof(
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
      fc.json().map((json) => Buffer.from(`${json}\n`)),
      fc
        .record({ message: fc.jsonValue(), response: fc.jsonValue(), logprobs: fc.jsonValue(), done: fc.boolean() })
        .map((record) => Buffer.from(lines(record))),
      fc
        .record({ id: fc.jsonValue(), function: fc.jsonValue() })
        .map((call) => Buffer.from(lines({ message: { tool_calls: [call], thinking: call.id }, done: false }))),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (chunks) => {
        eventsOf(readOllamaStream(), chunks);
        eventsOf(readOllamaWhole(), chunks);
      }),
      { numRuns: 300 },
    );
  });

  it("arguments nested without end do no harm", () => {
    const deep = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`;
    const reply = `{"message":{"tool_calls":[{"function":{"name":"f","arguments":${deep}}}]},"done":true}`;
    expect(whole(reply).isWhole).toBe(true);
  });
});
