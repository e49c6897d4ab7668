import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ReplyTap, ReplyTapReading } from "../domain/reply.ts";
import { PLAIN_BODY } from "../domain/testing/plain-request.ts";
import type { RouteVoice } from "../pipeline/incoming.ts";
import { MAX_DEPTH } from "./json/scan-document.ts";
import { ollamaVoices } from "./ollama/voices.ts";
import { openAiVoices } from "./openai/voices.ts";
import { chunkings } from "./testing/chunking.ts";
import { recording, recordingNames } from "./testing/recording.ts";

const { chat, generate, embed, embeddings } = ollamaVoices;
const voices = [chat, generate, embed, embeddings, ...Object.values(openAiVoices)] satisfies readonly RouteVoice[];
const named = voices.map((voice) => [voice.route ?? "", voice] as const);

const FIELDS =
  "model messages prompt input instructions suffix tools tool_choice stream stream_options stop logprobs top_logprobs reasoning text include n logit_bias options keep_alive dimensions encoding_format metadata user fallback_models size seed images context conversation max_tokens __proto__ constructor toString hasOwnProperty".split(
    " ",
  );

const scalars = fc.constantFrom(
  ...'"a"|"m:1b"|""|null|0|-1|1.5|1e999|9999999999999999999999|true|false|"\\ud800"|"5m"|"auto"|"none"'.split("|"),
);
const members = (value: fc.Arbitrary<string>) =>
  fc
    .array(
      fc.tuple(fc.constantFrom(...FIELDS, "type", "role", "content", "text", "image_url", "effort", "name"), value),
    )
    .map((pairs) => `{${pairs.map(([key, text]) => `"${key}":${text}`).join(",")}}`);
const elements = (value: fc.Arbitrary<string>) => fc.array(value, { maxLength: 4 }).map((all) => `[${all.join(",")}]`);
const inner = fc.oneof(scalars, members(scalars), elements(scalars));
const documents = members(fc.oneof(inner, members(inner), elements(inner)));

const bodies: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.string({ unit: "binary" }).map((text) => Buffer.from(text)),
  fc.json().map((text) => Buffer.from(text)),
  documents.map((text) => Buffer.from(text)),
  fc.tuple(documents, fc.nat(400)).map(([text, length]) => Buffer.from(text).subarray(0, length)),
  fc.tuple(documents, fc.nat(400), fc.nat(255)).map(([text, at, byte]) => {
    const changed = Buffer.from(text);
    if (at < changed.length) changed[at] = byte;
    return changed;
  }),
);

/** What must hold of any body: a refusal in the dialect, or facts that mean something. */
const check = (voice: RouteVoice, body: Uint8Array): void => {
  const reading = voice.read(body);
  const judged = voice.judge(body);
  for (const refusal of [reading.refusal, judged]) {
    if (refusal === undefined) continue;
    expect(refusal.status).toBeGreaterThanOrEqual(400);
    expect(JSON.parse(refusal.body)).toHaveProperty("error");
  }
  if (reading.refusal !== undefined) return;
  const { facts } = reading;
  const { start, end } = facts.modelRange;
  expect(String(JSON.parse(Buffer.from(body.subarray(start, end)).toString())).toWellFormed()).toBe(facts.model);
  expect(Number.isSafeInteger(facts.promptCharacters)).toBe(true);
  expect(facts.promptCharacters).toBeGreaterThanOrEqual(0);
  expect(facts.ignored.length).toBeLessThanOrEqual(32);
};

describe.each(named)("a reader of %s", (_route, voice) => {
  it("gives facts or a refusal for any bytes", () => {
    fc.assert(
      fc.property(bodies, (body) => check(voice, body)),
      { numRuns: 300 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { model?: unknown }).model).toBeUndefined();
  });

  it("takes nesting as deep as Go does in any field, and refuses what is deeper", () => {
    for (const field of FIELDS) {
      for (const [opens, closes] of [
        ["[", "]"],
        ['{"a":', "}"],
      ] as const) {
        const nested = (depth: number): Uint8Array =>
          Buffer.from(`{"model":"m","${field}":${opens.repeat(depth)}1${closes.repeat(depth)}}`);
        check(voice, nested(MAX_DEPTH - 1));
        expect(voice.read(nested(MAX_DEPTH)).refusal?.message).toMatch(/exceeded max depth$/);
      }
    }
  });

  it("reads a text of ten megabytes, whole or cut, and bytes that are no UTF-8", () => {
    const text = Buffer.alloc(10_000_000, "ä");
    for (const field of ["prompt", "input", "instructions"]) {
      const body = Buffer.concat([Buffer.from(`{"model":"m","${field}":"`), text, Buffer.from('"}')]);
      check(voice, body);
      expect(voice.read(body.subarray(0, -3)).refusal?.message).toBe("unexpected EOF");
      body.fill(0xff, 100, 1000);
      check(voice, body);
    }
  });
});

const record = fc.constantFrom(
  'data: {"choices":[{"delta":{"content":"a"},"finish_reason":null}],"model":"m"}\n\n',
  'event: response.output_text.delta\ndata: {"delta":"ä","sequence_number":3}\n\n',
  'event: response.completed\ndata: {"response":{"usage":{"input_tokens":1}},"sequence_number":9007199254740993}\n\n',
  "event: error\ndata: 5\n\n",
  "event: response.failed\ndata: null\n\n",
  "data: [DONE]\n\n",
  "event:\ndata\n\n",
  '{"message":{"content":"a"},"done":false}\n',
  '{"error":{"message":5}}\n',
  '{"__proto__":{"done":true},"constructor":1}\n',
  '{"embeddings":[[1]],"total_duration":5}',
  '{"data":[],"usage":{"__proto__":1}}',
  "\r\n",
  "ä€😀",
);
const replies: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.array(record, { maxLength: 12 }).map((all) => Buffer.from(all.join(""))),
  fc
    .tuple(fc.array(record, { maxLength: 8 }), fc.nat(400))
    .map(([all, length]) => Buffer.from(all.join("")).subarray(0, length)),
);

const readAll = (tap: ReplyTap, chunks: readonly Uint8Array[]): ReplyTapReading => {
  for (const chunk of chunks) tap.observe(chunk);
  return tap.end();
};

/** Bytes in buffers that are in use. Freeing goes on beside the program, so that one collection tells too much. */
const bytesInUse = (): number => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  return Math.min(
    ...Array.from({ length: 4 }, () => {
      collect();
      return process.memoryUsage().arrayBuffers;
    }),
  );
};

describe.each(named)("a tap of %s", (_route, voice) => {
  const tap = (): ReplyTap => voice.createTap(PLAIN_BODY);

  it("reads any bytes, the same whatever the chunking", () => {
    const cases = replies.chain((reply) => fc.tuple(fc.constant(reply), chunkings(reply)));
    fc.assert(
      fc.property(cases, ([reply, chunks]) => {
        const reading = readAll(tap(), [reply]);
        expect(readAll(tap(), chunks)).toEqual(reading);
        const told = voice.failureRecord({ ...PLAIN_BODY, isStream: true }, reading, "gone");
        if (told !== undefined) expect(told).toContain("gone");
      }),
      { numRuns: 200 },
    );
  });

  it("takes a recorded reply that ends anywhere for cut or whole, and never throws", () => {
    const replyBytes = recordingNames()
      .map(recording)
      .filter(({ path, status }) => path === voice.route && status === 200)
      .map(({ chunks }) => Buffer.concat([...chunks]));
    for (const reply of replyBytes) {
      const step = Math.max(1, Math.floor(reply.length / 150));
      for (let end = 0; end < reply.length - 2; end += step) {
        expect(typeof readAll(tap(), [reply.subarray(0, end)]).isComplete).toBe("boolean");
      }
    }
  });

  it("reads deep nesting and one record of ten megabytes, and keeps little of it", () => {
    const deep = "[".repeat(20_000);
    readAll(tap(), [Buffer.from(`{"data":${deep}`)]);
    readAll(tap(), [Buffer.from(`data: {"choices":${deep}\n\n`), Buffer.from("data: [DONE]\n\n")]);
    const starts = ['{"data":["', 'data: {"choices":["', '{"message":{"content":"'];
    const before = bytesInUse();
    const taps = starts.map((start) => {
      const open = tap();
      open.observe(Buffer.from(start));
      for (let sent = 0; sent < 10_000_000; sent += 65_536) open.observe(Buffer.alloc(65_536, "a"));
      return open;
    });
    expect(bytesInUse() - before).toBeLessThan(2_000_000);
    for (const open of taps) expect(open.end()).toMatchObject({ isComplete: false });
  });
});
