import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ReplyTapReading } from "../../domain/reply.ts";
import { chunkings } from "../testing/chunking.ts";
import { createTranscriptionTap } from "./transcription-tap.ts";

function readingOf(...chunks: readonly (string | Uint8Array)[]): ReplyTapReading {
  const tap = createTranscriptionTap();
  for (const chunk of chunks) tap.observe(Buffer.from(chunk as string));
  return tap.end();
}

describe("a transcription", () => {
  test.each([
    ["as JSON", '{"text":"hello"}\n'],
    ["as several records", '{"text":"a"}\n{"text":"b"}\n'],
    ["as plain text", "hello"],
    ["as events", 'event: x\ndata: {"type":"transcript.text.delta"}\n\ndata: {"type":"transcript.text.done"}\n\n'],
    ["longer than what is kept", `{"text":"${"x".repeat(100_000)}"}`],
  ])("%s is whole", (_what, text) => {
    expect(readingOf(text)).toMatchObject({ isComplete: true, contentRecords: 1, errorText: undefined });
  });

  test.each([
    ["half an object", '{"text":"hel'],
    ["events without the last", 'data: {"type":"transcript.text.delta"}\n\n'],
    ["nothing", ""],
  ])("that is %s is not", (_what, text) => {
    expect(readingOf(text).isComplete).toBe(false);
  });

  test("tells its usage where there is one", () => {
    const text = '{"text":"a","usage":{"type":"tokens","input_tokens":14,"output_tokens":45}}';
    expect(readingOf(text)).toMatchObject({ promptTokens: 14, outputTokens: 45 });
    expect(readingOf('{"text":"a","usage":{"input_tokens":"14"}}').promptTokens).toBeUndefined();
    expect(readingOf('{"usage":null}').outputTokens).toBeUndefined();
  });

  test("is read the same however it is cut, and nothing brings the reading down", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((json) => Buffer.from(json)),
      fc.constant(Buffer.from('{"text":"ü","usage":{"input_tokens":1}}')),
    );
    fc.assert(
      fc.property(
        bytes.chain((whole) => fc.tuple(fc.constant(whole), chunkings(whole))),
        ([whole, chunks]) => {
          expect(readingOf(...chunks)).toEqual(readingOf(whole));
        },
      ),
    );
  });
});
