import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readEmbedUsage } from "../ollama/embed/embed-usage.ts";
import { readAnswerUsage } from "../openai/embeddings/embeddings-usage.ts";
import { chunkings, readingOf } from "../testing/chunking.ts";
import { recording } from "../testing/recording.ts";
import { createAnswerTap } from "./answer-tap.ts";

const nativeTap = () => createAnswerTap(readEmbedUsage);
const openAiTap = () => createAnswerTap(readAnswerUsage);
const tapOf = (name: string) => (name.startsWith("v1-") ? openAiTap : nativeTap);
const bytes = (text: string): Uint8Array => Buffer.from(text);

const vector = (length: number): string =>
  `[${Array.from({ length }, (_, at) => (Math.sin(at) / 7).toPrecision(9)).join(",")}]`;
const vectors = Array.from({ length: 40 }, () => vector(768)).join(",");

describe("the tap of single JSON answers", () => {
  it.each([
    ["embed-single-cold", { promptTokens: 3, totalMs: 334135643 / 1e6, loadMs: 319516198 / 1e6 }],
    ["embed-batch", { promptTokens: 10, totalMs: 28378894 / 1e6, loadMs: 13371363 / 1e6 }],
    ["embed-no-input", undefined],
    ["embed-empty-array", undefined],
    ["embeddings-legacy", undefined],
    ["embeddings-legacy-empty", undefined],
    ["v1-embeddings-float", { promptTokens: 3, outputTokens: undefined }],
    ["v1-embeddings-batch", { promptTokens: 6 }],
    ["v1-embeddings-base64-whole", { promptTokens: 3 }],
  ])("reads %s the same, however its bytes are cut", (name, usage) => {
    const { chunks } = recording(name);
    const whole = Buffer.concat([...chunks]);
    const reading = readingOf(tapOf(name), chunks);
    expect(reading).toMatchObject({ isClosed: true, error: undefined, contentRecords: 0 });
    if (usage === undefined) expect(reading.usage).toBeUndefined();
    else expect(reading.usage).toMatchObject(usage);
    fc.assert(
      fc.property(chunkings(whole), (cut) => {
        expect(readingOf(tapOf(name), cut)).toEqual(reading);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ["native", nativeTap, `{"model":"m","embeddings":[${vectors}],"total_duration":2000000,"prompt_eval_count":9}`],
    ["older native", nativeTap, `{"embedding":${vector(40_000)}}`],
    [
      "OpenAI's",
      openAiTap,
      `{"object":"list","data":[{"embedding":[${vectors}],"index":0}],"model":"m","usage":{"prompt_tokens":9,"total_tokens":9}}\n`,
    ],
    [
      "another server's",
      openAiTap,
      `{"model":"m","usage": {"prompt_tokens": 9, "total_tokens": 9},"data":[{"embedding":[${vectors}]}]}`,
    ],
    ["images'", openAiTap, `{"created":1,"data":[{"b64_json":"${"A".repeat(900_000)}"}]}\n`],
  ])("knows a long answer of the %s form as whole by its end alone", (form, createTap, text) => {
    const reading = readingOf(createTap, [bytes(text)]);
    expect(reading).toMatchObject({ isClosed: true, error: undefined, closing: "" });
    const told = form === "native" || form === "OpenAI's" || form === "another server's" ? 9 : undefined;
    expect(reading.usage?.promptTokens).toBe(told);
    for (const lost of [1, 3, 10, 100, 20_000]) {
      expect(readingOf(createTap, [bytes(text.trimEnd().slice(0, -lost))]).isClosed).toBe(false);
    }
    fc.assert(
      fc.property(chunkings(bytes(text)), (cut) => {
        expect(readingOf(createTap, cut)).toEqual(reading);
      }),
      { numRuns: 10 },
    );
  });

  it("reads an error that comes in place of an answer", () => {
    expect(readingOf(nativeTap, [bytes('{"error":"no"}')])).toMatchObject({ isClosed: false, error: "no" });
    expect(readingOf(openAiTap, [bytes('{"error":{"message":"no"}}')])).toMatchObject({ error: "no" });
    expect(readingOf(openAiTap, [bytes('{"error":null,"data":[]}')])).toMatchObject({ isClosed: true });
  });

  it("takes nothing, or something else than an object, for no answer", () => {
    for (const text of ["", " ", "[]", "1", "null", '"x"', `[${vector(9000)}]`]) {
      expect(readingOf(openAiTap, [bytes(text)]).isClosed).toBe(false);
    }
  });
});
