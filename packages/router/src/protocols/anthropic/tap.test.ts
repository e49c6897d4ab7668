import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkings, expectAnyBytesRead, expectSameHoweverCut, readingOf } from "../testing/chunking.ts";
import { recording } from "../testing/recording.ts";
import { encodeStreamError } from "./encode-error.ts";
import { createTap } from "./tap.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);
const read = (text: string) => readingOf(createTap, [bytes(text)]);
const event = (type: string, rest: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
const start = event("message_start", { message: { content: [], usage: { input_tokens: 2, output_tokens: 0 } } });
const delta = (text: string): string => event("content_block_delta", { index: 0, delta: { type: "text_delta", text } });
const end = event("message_delta", {
  delta: { stop_reason: "end_turn" },
  usage: { input_tokens: 12, output_tokens: 5 },
});
const stop = event("message_stop");

const replies = [
  "v1-messages-beta-query",
  "v1-messages-no-auth-headers",
  "v1-messages-nonstream",
  "v1-messages-nonstream-max-tokens",
  "v1-messages-stream",
  "v1-messages-stream-cold-load",
  "v1-messages-stream-end-turn",
  "v1-messages-thinking-nonstream",
  "v1-messages-thinking-stream",
  "v1-messages-thinking-unsupported",
  "v1-messages-tools-nonstream",
  "v1-messages-tools-stream",
  "v1-messages-unknown-model",
  "fail-runner-killed-v1-messages-nonstream",
  "fail-runner-killed-v1-messages-stream",
];

describe("the tap of Anthropic's replies", () => {
  it.each(replies)("reads %s the same, however its bytes are cut", (name) => {
    expectSameHoweverCut(createTap, name);
  });

  it.each([
    [
      "v1-messages-stream",
      {
        contentRecords: 8,
        isClosed: true,
        finishReason: "max_tokens",
        hasFirstToken: true,
        usage: { promptTokens: 12, outputTokens: 8 },
        closing: "",
      },
    ],
    ["v1-messages-stream-end-turn", { finishReason: "end_turn", usage: { outputTokens: 5 }, error: undefined }],
    ["v1-messages-thinking-stream", { contentRecords: 5, isClosed: true, usage: { promptTokens: 116 } }],
    ["v1-messages-tools-stream", { contentRecords: 1, finishReason: "tool_use", hasFirstToken: true }],
    [
      "v1-messages-nonstream",
      { contentRecords: 1, isClosed: true, finishReason: "max_tokens", usage: { promptTokens: 12, outputTokens: 8 } },
    ],
    ["v1-messages-tools-nonstream", { contentRecords: 1, hasFirstToken: true, finishReason: "tool_use" }],
    [
      "fail-runner-killed-v1-messages-stream",
      { isClosed: false, error: undefined, hasFirstToken: true, contentRecords: 7, usage: undefined, closing: "" },
    ],
    [
      "fail-runner-killed-v1-messages-nonstream",
      { isClosed: false, error: "an error was encountered while running the model: unexpected EOF" },
    ],
    ["v1-messages-unknown-model", { isClosed: false, error: "model 'nope:1b' not found", contentRecords: 0 }],
  ])("reads %s as it was", (name, reading) => {
    expect(readingOf(createTap, recording(name).chunks)).toMatchObject(reading);
  });

  it("knows the first token when a piece of output comes, not when the message begins", () => {
    const tap = createTap();
    tap.observe(bytes(start + event("content_block_start", { index: 0, content_block: { type: "text", text: "" } })));
    expect(tap.hasFirstToken()).toBe(false);
    tap.observe(bytes(delta("a").trimEnd()));
    expect(tap.hasFirstToken()).toBe(false);
    tap.observe(bytes("\n"));
    expect(tap.hasFirstToken()).toBe(true);
  });

  it("takes the prompt's tokens from the end, and from the beginning only where the end is silent", () => {
    expect(read(start + end + stop).usage).toMatchObject({ promptTokens: 12, outputTokens: 5 });
    const silent = event("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 5 } });
    expect(read(start + silent + stop).usage).toMatchObject({ promptTokens: 2, outputTokens: 5 });
    expect(read(start + delta("a")).usage).toBeUndefined();
  });

  it("reads streams of other servers: carriage returns, no blank after the colon, comments, pings, names left out", () => {
    const stream = `\n: hello\n${event("ping")}${start}${delta("a")}${end}${stop}`;
    const told = {
      isClosed: true,
      contentRecords: 1,
      usage: { outputTokens: 5 },
      closing: "",
      finishReason: "end_turn",
    };
    expect(read(stream.replaceAll(": ", ":").replaceAll("\n", "\r\n"))).toMatchObject(told);
    expect(read(stream.replaceAll(/^event: .*\n/gm, ""))).toMatchObject(told);
  });

  it("takes the closing event also without its line end, but not a piece of it", () => {
    expect(read(start + end + stop.trimEnd()).isClosed).toBe(true);
    expect(read(start + end + stop.trimEnd().slice(0, -1)).isClosed).toBe(false);
    expect(read(`${start}${end}event: message_stop\n`).isClosed).toBe(false);
  });

  it("is not deceived by a text that looks like an event", () => {
    expect(read(start + delta(`${stop}event: error\n`)).isClosed).toBe(false);
    expect(read(start + delta('{"type":"error"}') + end + stop)).toMatchObject({ isClosed: true, error: undefined });
  });

  it("reads an error event and its text", () => {
    const error = event("error", { error: { type: "api_error", message: "no" } });
    expect(read(start + delta("a") + error)).toMatchObject({ error: "no", isClosed: false, contentRecords: 1 });
    expect(read("event: error\ndata: garbage\n\n").error).toBe("an error without a text");
  });

  it("tells what makes clients pass over a cut event, so that they see the error after it", () => {
    const whole = start + delta("a");
    for (let cut = 0; cut <= whole.length; cut += 1) {
      const text = whole.slice(0, cut);
      const { closing } = read(text);
      const error = encodeStreamError(closing, { status: 502, message: "gone", requestId: "req_1" });
      expect(eventsOf(text + error).at(-1)).toMatchObject({ name: "error", content: expect.stringMatching(/gone/) });
      for (const { name, content } of eventsOf(text + error)) {
        if (name !== "ping") expect(JSON.parse(content)).toHaveProperty("type");
      }
      expect(read(text + error)).toMatchObject({ error: "gone", closing: "" });
    }
    expect(read(whole).closing).toBe("");
  });

  it("reads the usage at the end of a body of any size, however cut", () => {
    const text = JSON.stringify('he said "usage":{} '.repeat(20_000));
    const body = `{"id":"x","type":"message","content":[{"type":"text","text":${text}}],"stop_reason":"end_turn","usage":{"input_tokens":5,"output_tokens":9}}\n`;
    const expected = {
      isClosed: true,
      finishReason: "end_turn",
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

  it("counts a piece of ten megabytes without keeping it", () => {
    const reading = readingOf(createTap, cutInto(bytes(start + delta("x".repeat(10 << 20)) + end + stop), 65_536));
    expect(reading).toMatchObject({
      contentRecords: 1,
      hasFirstToken: true,
      isClosed: true,
      usage: { outputTokens: 5 },
    });
  });

  it("reads any bytes without a throw, and the same however they are cut", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        start,
        end,
        stop,
        delta("ä😀"),
        "event: ",
        "data: ",
        "data: {",
        "\n",
        "\r\n",
        "{",
        "event: error\n",
      ),
      fc.constantFrom(
        "event: message_delta\ndata: 5\n",
        'data: {"type":5}\n\n',
        'data: {"__proto__":{"type":"error"}}\n\n',
      ),
      fc.string({ unit: "binary", maxLength: 20 }),
    );
    expectAnyBytesRead(createTap, piece);
  });
});

const cutInto = (whole: Uint8Array, size: number): readonly Uint8Array[] =>
  Array.from({ length: Math.ceil(whole.length / size) }, (_, index) =>
    whole.subarray(index * size, (index + 1) * size),
  );

/** The events as the rules of server-sent events have it, with those that carry nothing left out. */
function eventsOf(stream: string): readonly { readonly name: string; readonly content: string }[] {
  return stream.split("\n\n").flatMap((block) => {
    const lines = block.split("\n");
    const named = lines.findLast((line) => line.startsWith("event:"));
    const content = lines.flatMap((line) => (line.startsWith("data:") ? [line.slice(5).trim()] : []));
    return content.length === 0 ? [] : [{ name: named?.slice(6).trim() ?? "", content: content.join("\n") }];
  });
}
