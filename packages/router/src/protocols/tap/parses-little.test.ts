import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTap as createAnthropicTap } from "../anthropic/tap.ts";
import { createTap as createNativeTap } from "../ollama/tap.ts";
import { createTap as createResponsesTap } from "../openai/responses/tap.ts";
import { createTap as createOpenAiTap } from "../openai/tap.ts";
import { createTranscriptionTap } from "../speech/transcription-tap.ts";
import type { Tap } from "./tap.ts";

const { parse } = JSON;
let parsed: string[] = [];

beforeEach(() => {
  parsed = [];
  // The very function that taps call, with a look at what they pass it.
  JSON.parse = (text, ...rest) => {
    parsed.push(text);
    return parse(text, ...rest);
  };
});

afterEach(() => {
  JSON.parse = parse;
});

/** The first token and what closes a stream: a handful, whatever the stream's length. */
const MOST_PARSED = 6;

type Observer = Pick<Tap, "observe"> & { readonly end: () => unknown };

/** A stream of `count` pieces of output in one dialect. */
interface Stream {
  readonly dialect: string;
  readonly createTap: () => Observer;
  readonly opening: string;
  readonly piece: (text: string) => string;
  readonly closing: string;
  /** What the tap must have read from it, so that it did look. */
  readonly told: (count: number) => object;
}

const event = (type: string, rest: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
const chunk = (delta: object, finish: string | null): string =>
  `data: ${JSON.stringify({ model: "m", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const USAGE = { prompt_tokens: 5, completion_tokens: 9, total_tokens: 14 };
const spent = { promptTokens: 5, outputTokens: 9 };

const nativeEnd = { done: true, done_reason: "stop", total_duration: 7, prompt_eval_count: 5, eval_count: 9 };
const toldUntilStop = (count: number) => ({
  isClosed: true,
  contentRecords: count,
  usage: spent,
  finishReason: "stop",
});
const openAiEnd = `${chunk({ content: "" }, "stop")}data: ${JSON.stringify({ choices: [], usage: USAGE })}\n\ndata: [DONE]\n\n`;

const streams: readonly Stream[] = [
  {
    dialect: "native chat",
    createTap: createNativeTap,
    opening: "",
    piece: (content) => `${JSON.stringify({ model: "m", message: { role: "assistant", content }, done: false })}\n`,
    closing: `${JSON.stringify({ model: "m", message: { role: "assistant", content: "" }, ...nativeEnd })}\n`,
    told: toldUntilStop,
  },
  {
    dialect: "native chat that thinks",
    createTap: createNativeTap,
    opening: "",
    piece: (thinking) => `${JSON.stringify({ model: "m", message: { content: "", thinking }, done: false })}\n`,
    closing: `${JSON.stringify({ model: "m", message: { role: "assistant", content: "" }, ...nativeEnd })}\n`,
    told: toldUntilStop,
  },
  {
    dialect: "native generation",
    createTap: createNativeTap,
    opening: "",
    piece: (response) => `${JSON.stringify({ model: "m", response, done: false })}\n`,
    closing: `${JSON.stringify({ model: "m", response: "", ...nativeEnd })}\n`,
    told: toldUntilStop,
  },
  {
    dialect: "OpenAI chat",
    createTap: createOpenAiTap,
    opening: chunk({ role: "assistant", content: "" }, null),
    piece: (content) => chunk({ content }, null),
    closing: openAiEnd,
    told: (count) => toldUntilStop(count + 1),
  },
  {
    dialect: "OpenAI chat that reasons",
    createTap: createOpenAiTap,
    opening: "",
    piece: (reasoning) => chunk({ content: "", reasoning }, null),
    closing: openAiEnd,
    told: toldUntilStop,
  },
  {
    dialect: "OpenAI chat that calls a tool",
    createTap: createOpenAiTap,
    opening: "",
    piece: (text) => chunk({ tool_calls: [{ index: 0, function: { arguments: text } }] }, null),
    closing: openAiEnd,
    told: toldUntilStop,
  },
  {
    dialect: "OpenAI chat of deltas that nobody knows",
    createTap: createOpenAiTap,
    opening: "",
    piece: (refusal) => chunk({ content: "", refusal }, null),
    closing: openAiEnd,
    told: toldUntilStop,
  },
  {
    dialect: "OpenAI completion",
    createTap: createOpenAiTap,
    opening: "",
    piece: (text) => `data: ${JSON.stringify({ model: "m", choices: [{ text, finish_reason: null }] })}\n\n`,
    closing: openAiEnd,
    told: toldUntilStop,
  },
  {
    dialect: "OpenAI responses",
    createTap: createResponsesTap,
    opening: event("response.created", { sequence_number: 0, response: { id: "r", status: "in_progress" } }),
    piece: (delta) => event("response.output_text.delta", { sequence_number: 1, delta }),
    closing: event("response.completed", {
      sequence_number: 2,
      response: { id: "r", status: "completed", usage: { input_tokens: 5, output_tokens: 9, total_tokens: 14 } },
    }),
    told: (count) => ({ isClosed: true, contentRecords: count, usage: spent }),
  },
  {
    dialect: "Anthropic messages",
    createTap: createAnthropicTap,
    opening: event("message_start", { message: { usage: { input_tokens: 5, output_tokens: 0 } } }),
    piece: (text) => event("content_block_delta", { index: 0, delta: { type: "text_delta", text } }),
    closing:
      event("message_delta", { delta: { stop_reason: "end_turn" }, usage: { input_tokens: 5, output_tokens: 9 } }) +
      event("message_stop", {}),
    told: (count) => ({ isClosed: true, contentRecords: count, usage: spent, finishReason: "end_turn" }),
  },
];

/** How the bytes of a stream come: a chunk for each piece, many pieces in one, or cut anywhere. */
const arrivals: readonly (readonly [string, (parts: readonly string[]) => readonly Buffer[]])[] = [
  ["one by one", (parts) => parts.map((part) => Buffer.from(part))],
  ["in large chunks", (parts) => slices(parts, 65_536)],
  ["cut inside records", (parts) => slices(parts, 97)],
];

const slices = (parts: readonly string[], size: number): readonly Buffer[] => {
  const whole = Buffer.from(parts.join(""));
  return Array.from({ length: Math.ceil(whole.length / size) }, (_, at) => whole.subarray(at * size, (at + 1) * size));
};

/** What a tap tells of a stream, and how often JSON was parsed meanwhile. */
function observe(stream: Stream, count: number, arrival: (typeof arrivals)[number][1]) {
  const pieces = Array.from({ length: count }, (_, at) => stream.piece(` word ${at}`));
  const chunks = arrival([stream.opening, ...pieces, stream.closing]);
  const tap = stream.createTap();
  for (const one of chunks) tap.observe(one);
  const reading = tap.end();
  return { reading, parses: parsed.splice(0).length };
}

const kinds = streams.flatMap((stream) =>
  arrivals.map(([how, arrival]) => ({ dialect: stream.dialect, how, stream, arrival })),
);

describe("a tap", () => {
  it.each(kinds)("parses a handful of $dialect $how, however long the stream is", ({ stream, arrival }) => {
    const short = observe(stream, 10, arrival);
    const long = observe(stream, 10_000, arrival);
    expect(short.reading).toMatchObject(stream.told(10));
    expect(long.reading).toMatchObject(stream.told(10_000));
    expect(long.parses).toBe(short.parses);
    expect(long.parses).toBeLessThanOrEqual(MOST_PARSED);
    // Whoever parses nothing at all cannot know how the reply ended, or this test does not see it.
    expect(long.parses).toBeGreaterThan(0);
  });

  it("parses an answer of 4 MB in one object by its end alone", () => {
    const text = JSON.stringify(" word".repeat(800_000));
    const native = `{"model":"m","message":{"role":"assistant","content":${text}},"done":true,"done_reason":"stop","total_duration":7,"prompt_eval_count":5,"eval_count":9}`;
    const openAi = `{"model":"m","choices":[{"index":0,"message":{"content":${text}},"finish_reason":"stop"}],"usage":${JSON.stringify(USAGE)}}`;
    const anthropic = `{"type":"message","content":[{"type":"text","text":${text}}],"stop_reason":"end_turn","usage":{"input_tokens":5,"output_tokens":9}}`;
    const answers: readonly (readonly [() => Tap, string])[] = [
      [createNativeTap, native],
      [createOpenAiTap, openAi],
      [createAnthropicTap, anthropic],
    ];
    for (const [createTap, answer] of answers) {
      const tap = createTap();
      for (const part of slices([answer], 65_536)) tap.observe(part);
      expect(tap.end()).toMatchObject({ isClosed: true, usage: spent });
      const lengths = parsed.splice(0).map(({ length }) => length);
      expect(lengths.length).toBeLessThanOrEqual(MOST_PARSED);
      expect(Math.max(...lengths)).toBeLessThan(1000);
    }
  });

  it("parses a transcription at its end, and no more than it keeps", () => {
    const tap = createTranscriptionTap();
    const text = JSON.stringify({ text: " word".repeat(800_000) });
    for (const part of slices([text], 65_536)) tap.observe(part);
    expect(parsed).toEqual([]);
    expect(tap.end()).toMatchObject({ isComplete: true });
    expect(parsed).toEqual([]);
  });
});
