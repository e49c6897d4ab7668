import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkings, expectAnyBytesRead, expectSameHoweverCut, readingOf } from "../testing/chunking.ts";
import { recording } from "../testing/recording.ts";
import { encodeStreamError } from "./encode-error.ts";
import { createTap } from "./tap.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);
const read = (text: string) => readingOf(createTap, [bytes(text)]);
const delta = (text: string): string =>
  `data: {"model":"m","choices":[{"delta":{"content":${JSON.stringify(text)}},"finish_reason":null}]}\n\n`;
const finish = 'data: {"model":"m","choices":[{"delta":{},"finish_reason":"stop"}]}\n\n';
const usage = 'data: {"model":"m","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}}\n\n';
const done = "data: [DONE]\n\n";

const replies = [
  "v1-chat-stream",
  "v1-chat-stream-length",
  "v1-chat-stream-stop",
  "v1-chat-stream-include-usage",
  "v1-chat-stream-gemma3",
  "v1-chat-logprobs-stream",
  "v1-chat-reasoning-stream",
  "v1-chat-tools-stream",
  "v1-chat-nonstream",
  "v1-chat-tools-nonstream",
  "v1-chat-reasoning-nonstream",
  "v1-completions-stream-include-usage",
  "v1-completions-empty-prompt-stream",
  "v1-completions-nonstream",
  "fail-runner-killed-v1-chat-stream",
  "fail-runner-killed-v1-completions-stream",
  "fail-serve-sigterm-v1-chat-stream",
];

describe("the tap of OpenAI replies", () => {
  it.each(replies)("reads %s the same, however its bytes are cut", (name) => {
    expectSameHoweverCut(createTap, name);
  });

  it.each([
    [
      "v1-chat-stream",
      { contentRecords: 8, isClosed: true, finishReason: "length", hasFirstToken: true, usage: undefined },
    ],
    [
      "v1-chat-stream-include-usage",
      { contentRecords: 8, usage: { promptTokens: 12, outputTokens: 8 }, finishReason: "length" },
    ],
    ["v1-chat-reasoning-stream", { contentRecords: 5, finishReason: "stop" }],
    ["v1-chat-tools-stream", { contentRecords: 1, finishReason: "tool_calls", hasFirstToken: true }],
    [
      "v1-chat-nonstream",
      { contentRecords: 1, isClosed: true, usage: { promptTokens: 12, outputTokens: 8 }, closing: "" },
    ],
    ["v1-chat-tools-nonstream", { contentRecords: 1, hasFirstToken: true, finishReason: "tool_calls" }],
    ["v1-completions-stream-include-usage", { contentRecords: 3, usage: { promptTokens: 12, outputTokens: 3 } }],
    [
      "v1-completions-empty-prompt-stream",
      { contentRecords: 0, hasFirstToken: false, finishReason: "load", isClosed: true },
    ],
    ["fail-runner-killed-v1-chat-stream", { isClosed: false, error: "", contentRecords: 9, hasFirstToken: true }],
    ["fail-runner-killed-v1-completions-stream", { isClosed: false, error: "" }],
    ["fail-serve-sigterm-v1-chat-stream", { isClosed: false, error: undefined, hasFirstToken: true }],
    [
      "fail-runner-killed-v1-chat-nonstream",
      {
        isClosed: false,
        hasFirstToken: false,
        error: "an error was encountered while running the model: unexpected EOF",
      },
    ],
  ])("reads %s as it was", (name, reading) => {
    expect(readingOf(createTap, recording(name).chunks)).toMatchObject(reading);
  });

  it("knows the first token when a chunk brings output, not when it only brings the role", () => {
    const tap = createTap();
    tap.observe(bytes('data: {"choices":[{"delta":{"role":"assistant","content":""},"finish_reason":null}]}\n\n'));
    expect(tap.hasFirstToken()).toBe(false);
    tap.observe(bytes(delta("a").trimEnd()));
    expect(tap.hasFirstToken()).toBe(false);
    tap.observe(bytes("\n"));
    expect(tap.hasFirstToken()).toBe(true);
  });

  it("reads streams of other servers: carriage returns, no blank after the colon, comments, blanks first", () => {
    const stream = `\n: hello\n${delta("a")}${finish}${usage}${done}`
      .replaceAll("data: ", "data:")
      .replaceAll("\n", "\r\n");
    expect(read(stream)).toMatchObject({ isClosed: true, contentRecords: 1, usage: { outputTokens: 2 }, closing: "" });
  });

  it("takes the closing mark also without its line end", () => {
    expect(read(`${delta("a")}${finish}data: [DONE]`).isClosed).toBe(true);
  });

  it("may end without the mark once it told why it ended, but not in the middle of a record", () => {
    expect(read(delta("a") + finish)).toMatchObject({ isClosed: false, mayEndHere: true });
    expect(read(delta("a") + finish + usage)).toMatchObject({ isClosed: false, mayEndHere: true });
    const error = 'data: {"error":{"message":"no"}}\n\n';
    for (const cut of [delta("a"), finish + delta("a"), finish + usage.slice(0, 20), finish + error]) {
      expect(read(cut).mayEndHere).toBe(false);
    }
    for (const name of replies.filter((reply) => reply.startsWith("fail-"))) {
      expect(readingOf(createTap, recording(name).chunks).mayEndHere).toBe(false);
    }
  });

  it("reads an error event and its text", () => {
    expect(read(`${delta("a")}data: {"error":{"message":"no","type":"api_error"}}\n\n`)).toMatchObject({
      error: "no",
      isClosed: false,
      contentRecords: 1,
    });
  });

  it("takes no chunk without a model for an error when the stream goes on", () => {
    const hollow = 'data: {"model":"","choices":[{"delta":{"content":""},"finish_reason":null}]}\n\n';
    expect(read(hollow + delta("a")).error).toBeUndefined();
    expect(read(delta("a") + hollow + done).error).toBeUndefined();
    expect(read(delta("a") + hollow).error).toBe("");
  });

  it("tells the line ends that have to come before an error event", () => {
    for (const cut of [
      "",
      delta("a"),
      delta("a").slice(0, -1),
      delta("a").slice(0, -2),
      delta("a").slice(0, 30),
      `${delta("a")}d`,
    ]) {
      const { closing } = read(cut);
      const ended = cut + encodeStreamError(closing, { status: 502, message: "gone" });
      expect(ended).toMatch(/(^|\n\n)data: \{"error"/);
      expect(read(ended)).toMatchObject({ error: "gone", closing: "" });
    }
    expect(read(delta("a")).closing).toBe("");
  });

  it("reads the usage at the end of a body of any size, however cut", () => {
    const text = JSON.stringify('he said "usage":{} '.repeat(20_000));
    const body = `{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":${text}},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":9,"total_tokens":14}}\n`;
    const expected = {
      isClosed: true,
      finishReason: "stop",
      usage: { promptTokens: 5, outputTokens: 9 },
      hasFirstToken: true,
    };
    fc.assert(
      fc.property(chunkings(bytes(body)), (cut) => {
        expect(readingOf(createTap, cut)).toMatchObject(expected);
      }),
      { numRuns: 20 },
    );
    expect(read(body.slice(0, -2)).isClosed).toBe(false);
  });

  it("counts a chunk that is too long to be kept", () => {
    expect(read(delta("x".repeat(200_000)) + finish + done)).toMatchObject({
      contentRecords: 1,
      hasFirstToken: true,
      isClosed: true,
    });
  });

  it("takes no usage from chunks in the middle, where it is all zeros", () => {
    const zeros = '"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}';
    const middle = `data: {"choices":[{"text":"a","finish_reason":null}],"model":"m",${zeros}}\n\n`;
    expect(read(middle)).toMatchObject({ usage: undefined, contentRecords: 1, isClosed: false });
    expect(read(middle + usage + done).usage).toMatchObject({ promptTokens: 5, outputTokens: 2 });
  });

  it("reads any bytes without a throw, and the same however they are cut", () => {
    const piece = fc.oneof(
      fc.constantFrom(delta("ä😀"), finish, usage, done, "data: ", "data: {", "\n", "\r\n", "{", "}", "data: 5\n\n"),
      fc.constantFrom('data: {"error":5}\n\n', 'data: {"choices":{}}\n\n', 'data: {"__proto__":{"choices":[]}}\n\n'),
      fc.string({ unit: "binary", maxLength: 20 }),
    );
    expectAnyBytesRead(createTap, piece);
  });
});
