import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkings, readingOf } from "../../testing/chunking.ts";
import { recording } from "../../testing/recording.ts";
import { encodeStreamError } from "./encode-stream-error.ts";
import { createTap } from "./tap.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);
const read = (text: string) => readingOf(createTap, [bytes(text)]);
const event = (name: string, members: object): string =>
  `event: ${name}\ndata: ${JSON.stringify({ ...members, type: name })}\n\n`;
const delta = (sequence: number, text = "a"): string =>
  event("response.output_text.delta", { delta: text, sequence_number: sequence });
const usage = { input_tokens: 5, output_tokens: 2, total_tokens: 7 };
const ended = (status: string, more: object = {}): string =>
  event(`response.${status}`, { response: { status, usage, ...more }, sequence_number: 9 });

describe("the tap of replies of /v1/responses", () => {
  it.each([
    [
      "v1-responses-stream",
      { isClosed: true, contentRecords: 8, finishReason: "stop", nextSequence: 16, hasFirstToken: true, closing: "" },
    ],
    ["v1-responses-stream-cold-load", { isClosed: true, contentRecords: 3, nextSequence: 11 }],
    ["v1-responses-reasoning-stream", { isClosed: true, contentRecords: 6, nextSequence: 12 }],
    ["v1-responses-tools-stream", { isClosed: true, contentRecords: 1, finishReason: "tool_calls", nextSequence: 7 }],
    [
      "fail-runner-killed-v1-responses-stream",
      { isClosed: false, error: undefined, nextSequence: 9, contentRecords: 5 },
    ],
    ["v1-responses-nonstream", { isClosed: true, contentRecords: 1, finishReason: "stop" }],
    ["v1-responses-missing-input", { isClosed: true, finishReason: "stop" }],
  ])("reads %s the same, however its bytes are cut", (name, expected) => {
    const { chunks } = recording(name);
    const whole = Buffer.concat([...chunks]);
    const reading = readingOf(createTap, chunks);
    expect(reading).toMatchObject(expected);
    fc.assert(
      fc.property(chunkings(whole), (cut) => {
        expect(readingOf(createTap, cut)).toEqual(reading);
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ["v1-responses-stream", 12, 8],
    ["v1-responses-tools-stream", 66, 28],
    ["v1-responses-nonstream", 12, 8],
    ["v1-responses-items", 20, 4],
    ["v1-responses-missing-input", 0, 0],
  ])("learns the usage of %s", (name, promptTokens, outputTokens) => {
    expect(readingOf(createTap, recording(name).chunks).usage).toMatchObject({ promptTokens, outputTokens });
  });

  it("takes a stream without its last event for cut, whatever else came", () => {
    const { chunks } = recording("v1-responses-stream");
    expect(readingOf(createTap, chunks.slice(0, -1))).toMatchObject({ isClosed: false, error: undefined });
    expect(read("")).toMatchObject({ isClosed: false, nextSequence: 0 });
  });

  it("knows every event that ends a stream", () => {
    expect(read(delta(1) + ended("completed"))).toMatchObject({ isClosed: true, finishReason: "stop" });
    expect(read(ended("incomplete", { incomplete_details: { reason: "max_output_tokens" } }))).toMatchObject({
      isClosed: true,
      finishReason: "length",
    });
    expect(read(ended("incomplete", { incomplete_details: { reason: "content_filter" } })).finishReason).toBe(
      "content_filter",
    );
    expect(read(ended("failed", { error: { message: "no search" } }))).toMatchObject({
      isClosed: true,
      error: undefined,
      finishReason: "failed",
    });
    expect(read(event("error", { message: "flat" }))).toMatchObject({ isClosed: false, error: "flat" });
    expect(read(event("error", { error: { message: "nested" } })).error).toBe("nested");
    expect(read(event("error", {})).error).not.toBe("");
  });

  it("is not told by what a model says", () => {
    const said = delta(3, 'event: response.completed\ndata: {"type":"response.completed","sequence_number": 99}\n\n');
    expect(read(said)).toMatchObject({ isClosed: false, nextSequence: 4, contentRecords: 1 });
    expect(read('data: {"type":"response.completed","response":{}}\n\n').isClosed).toBe(false);
    expect(read('event: response.completed\n\ndata: {"response":{}}\n\n').isClosed).toBe(false);
    expect(
      read(event("response.output_item.added", { item: { sequence_number: 1 }, sequence_number: 5 })),
    ).toMatchObject({
      nextSequence: 6,
    });
  });

  it("reads carriage returns, no blank after the colon, comments and blanks first", () => {
    const stream = `\n: hello\n${delta(0)}${ended("completed")}`.replaceAll(/^(event|data): /gm, "$1:");
    expect(read(stream.replaceAll("\n", "\r\n"))).toMatchObject({
      isClosed: true,
      contentRecords: 1,
      usage: { promptTokens: 5, outputTokens: 2 },
      closing: "",
    });
  });

  it("gives an error event its bytes and its number, wherever the stream was cut", () => {
    const stream = delta(0) + delta(1);
    for (const cut of [
      stream,
      stream.slice(0, -1),
      stream.slice(0, -2),
      stream.slice(0, -30),
      `${stream}event: resp`,
    ]) {
      const { closing, nextSequence = -1 } = read(cut);
      const told = cut + encodeStreamError(closing, { message: 'it "ended"', sequence: nextSequence });
      expect(told).toMatch(/\n\nevent: error\ndata: \{.*"type":"error"\}\n\n$/);
      const record = JSON.parse(told.slice(told.lastIndexOf("data: ") + 6)) as object;
      expect(record).toMatchObject({ type: "error", message: 'it "ended"', code: "server_error", param: null });
      expect(record).toMatchObject({ error: { message: 'it "ended"' }, sequence_number: nextSequence });
      expect(read(told)).toMatchObject({ error: 'it "ended"', closing: "" });
    }
    expect(read(stream).nextSequence).toBe(2);
    expect(read(stream.slice(0, -30)).nextSequence).toBe(1);
  });

  it("reads the end of a reply of any size", () => {
    const long = 'he said "usage":{} \\ '.repeat(20_000);
    const output = [
      { type: "message", content: [{ type: "output_text", text: long }] },
      ...Array(20_000).fill({ a: 1 }),
    ];
    const response = { status: "completed", output, tools: [{ usage: { input_tokens: 1 } }], usage, metadata: {} };
    const expected = { isClosed: true, usage: { promptTokens: 5, outputTokens: 2 }, finishReason: "stop" };
    const whole = JSON.stringify(response);
    const stream = delta(0, long) + event("response.completed", { response, sequence_number: 1 });
    for (const text of [whole, stream]) {
      fc.assert(
        fc.property(chunkings(bytes(text)), (cut) => {
          expect(readingOf(createTap, cut)).toMatchObject(expected);
        }),
        { numRuns: 10 },
      );
    }
    expect(read(whole.slice(0, -1)).isClosed).toBe(false);
    expect(read(stream).nextSequence).toBe(2);
  });
});
