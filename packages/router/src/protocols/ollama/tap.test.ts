import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkings, expectAnyBytesRead, expectSameHoweverCut, readingOf } from "../testing/chunking.ts";
import { recording } from "../testing/recording.ts";
import { encodeStreamError } from "./encode-error.ts";
import { createTap } from "./tap.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);
const read = (text: string) => readingOf(createTap, [bytes(text)]);
const content = (text: string): string => `{"message":{"content":${JSON.stringify(text)}},"done":false}\n`;
const last = '{"message":{"content":""},"done":true,"done_reason":"stop","total_duration":2500000,"eval_count":3}\n';

const streams = [
  "chat-stream",
  "chat-stream-length",
  "chat-stream-num-predict-1",
  "chat-stream-gemma3",
  "chat-unicode",
  "chat-html-escape",
  "chat-logprobs",
  "chat-think-stream",
  "chat-tools-stream",
  "chat-tools-text-answer-stream",
  "chat-nonstream",
  "chat-load-warm",
  "chat-load-cold",
  "chat-system-and-history",
  "chat-think-cut-in-thinking",
  "chat-think-nonstream",
  "chat-tools-nonstream",
  "generate-logprobs",
  "chat-keep-alive-0-unload",
  "generate-stream",
  "generate-nonstream",
  "generate-context-continuation",
  "fail-runner-killed-chat-stream",
  "fail-runner-killed-generate-stream",
  "fail-serve-sigterm-chat-stream",
  "fail-runner-killed-before-first-record",
];

describe("the tap of native replies", () => {
  it.each(streams)("reads %s the same, however its bytes are cut", (name) => {
    expectSameHoweverCut(createTap, name);
  });

  it.each([
    [
      "chat-stream",
      { contentRecords: 8, finishReason: "length", isClosed: true, hasFirstToken: true, error: undefined },
    ],
    ["chat-stream-num-predict-1", { contentRecords: 1, isClosed: true }],
    ["chat-think-stream", { contentRecords: 5, finishReason: "stop" }],
    ["chat-tools-stream", { contentRecords: 1, hasFirstToken: true }],
    ["chat-nonstream", { contentRecords: 1, isClosed: true, hasFirstToken: true, closing: "\n" }],
    ["chat-load-warm", { contentRecords: 0, isClosed: true, hasFirstToken: false, finishReason: "load" }],
    ["chat-keep-alive-0-unload", { contentRecords: 0, isClosed: true, hasFirstToken: false, finishReason: "unload" }],
    ["generate-stream", { contentRecords: 8, isClosed: true, finishReason: "length" }],
    [
      "fail-runner-killed-chat-stream",
      { isClosed: false, error: "an error was encountered while running the model: unexpected EOF", contentRecords: 5 },
    ],
    ["fail-serve-sigterm-chat-stream", { isClosed: false, error: undefined, hasFirstToken: true, usage: undefined }],
    ["fail-runner-killed-before-first-record", { isClosed: false, hasFirstToken: false, contentRecords: 0 }],
  ])("reads %s as it was", (name, reading) => {
    expect(readingOf(createTap, recording(name).chunks)).toMatchObject(reading);
  });

  it("learns the usage from the closing record, durations in milliseconds", () => {
    expect(readingOf(createTap, recording("chat-stream").chunks).usage).toEqual({
      promptTokens: 12,
      outputTokens: 8,
      totalMs: 200.420378,
      loadMs: 45.045625,
      promptMs: 59.437497,
      outputMs: 91.719616,
    });
  });

  it("knows the first token as soon as its record is whole", () => {
    const tap = createTap();
    const record = bytes(content("a"));
    tap.observe(record.subarray(0, record.length - 1));
    expect(tap.hasFirstToken()).toBe(false);
    tap.observe(record.subarray(record.length - 1));
    expect(tap.hasFirstToken()).toBe(true);
  });

  it("sees no token in a stream that closes at once", () => {
    expect(read(last.replace('"eval_count":3', '"eval_count":1'))).toMatchObject({
      hasFirstToken: false,
      contentRecords: 0,
    });
  });

  it("is not deceived by texts and arguments that look like closing records", () => {
    const text = content('"done":true,"total_duration":5}\n{"error":"x"}');
    const call =
      '{"message":{"content":"","tool_calls":[{"function":{"arguments":{"done":true,"total_duration":1}}}]},"done":false}\n';
    expect(read(text + call)).toMatchObject({ isClosed: false, error: undefined, contentRecords: 2, usage: undefined });
  });

  it("tells the line end that has to come before an error record", () => {
    expect(read(content("a")).closing).toBe("");
    expect(read("").closing).toBe("");
    const cut = content("a") + content("b").slice(0, 20);
    const { closing } = read(cut);
    expect(read(cut + encodeStreamError(closing, "gone"))).toMatchObject({ error: "gone", closing: "" });
  });

  it("reads a reply of one object only when it is whole", () => {
    const body = last.trimEnd();
    expect(read(body)).toMatchObject({ isClosed: true, finishReason: "stop" });
    expect(read(body.slice(0, -1))).toMatchObject({ isClosed: false, finishReason: undefined, contentRecords: 0 });
    expect(read('{"error":"no"}')).toMatchObject({ isClosed: false, error: "no", contentRecords: 0 });
  });

  it("may be asked in the middle and goes on after it", () => {
    const tap = createTap();
    tap.observe(bytes(content("a") + last.slice(0, 30)));
    expect(tap.end()).toMatchObject({ isClosed: false, contentRecords: 1, closing: "\n" });
    tap.observe(bytes(last.slice(30)));
    expect(tap.end()).toMatchObject({ isClosed: true, contentRecords: 1, closing: "" });
  });

  it("reads the end of a record of any size, however cut", () => {
    const context = `[${"12345,".repeat(60_000)}1]`;
    const huge = `{"model":"m","response":"","done":true,"done_reason":"stop","context":${context},"total_duration":7000000,"prompt_eval_count":5,"eval_count":2}`;
    for (const ending of ["", "\n"]) {
      const whole = bytes(`{"response":"a","done":false}\n${huge}${ending}`);
      fc.assert(
        fc.property(chunkings(whole), (cut) => {
          expect(readingOf(createTap, cut)).toMatchObject({
            isClosed: true,
            finishReason: "stop",
            usage: { totalMs: 7, promptTokens: 5, outputTokens: 2 },
          });
        }),
        { numRuns: 20 },
      );
    }
    expect(read(huge.slice(0, -1)).isClosed).toBe(false);
    expect(read(content("x".repeat(200_000)))).toMatchObject({
      hasFirstToken: true,
      contentRecords: 1,
      isClosed: false,
    });
  });

  it("reads a long record in one chunk as it reads it in many", () => {
    const text = JSON.stringify("x".repeat(80_000));
    const numbers = `[${"1,".repeat(40_000)}1]`;
    const record = `{"response":${text},"done":true,"done_reason":"stop","context":${numbers},"total_duration":7000000}\n`;
    const reading = read(record);
    expect(reading).toMatchObject({ isClosed: true, usage: { totalMs: 7 } });
    fc.assert(
      fc.property(chunkings(bytes(record)), (cut) => {
        expect(readingOf(createTap, cut)).toEqual(reading);
      }),
      { numRuns: 20 },
    );
  });

  it("takes the whole object of another route for a closed reply without tokens", () => {
    const shown = readingOf(createTap, recording("show").chunks);
    expect(shown).toMatchObject({ isClosed: true, hasFirstToken: false, contentRecords: 0, error: undefined });
    const long = `{"license":${JSON.stringify("x".repeat(200_000))},"details":{}}`;
    expect(read(long)).toMatchObject({ isClosed: true, contentRecords: 0 });
    expect(read(long.slice(0, -2)).isClosed).toBe(false);
    expect(read(content("a") + long).isClosed).toBe(false);
  });

  it("takes the rendered prompt of a debugging request for a closed reply", () => {
    expect(readingOf(createTap, recording("chat-debug-render").chunks)).toMatchObject({
      isClosed: true,
      contentRecords: 0,
    });
  });

  it("reads any bytes without a throw, and the same however they are cut", () => {
    const piece = fc.oneof(
      fc.constantFrom(content("ä😀"), last, "\n", "\r\n", "{", "}", "[]\n", "5\n", '{"error":5}\n', '{"done":true}\n'),
      fc.constantFrom('{"message":[]}\n', '{"__proto__":{"done":true}}\n', '{"done":"true"}'),
      fc.string({ unit: "binary", maxLength: 20 }),
    );
    expectAnyBytesRead(createTap, piece);
  });
});
