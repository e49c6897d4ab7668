/** Whatever a model writes, the streams of the two dialects with events keep their own order. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Piece } from "../generation/plan-answer.ts";
import { anthropicMessages } from "./anthropic/anthropic-messages.ts";
import type { Dialect } from "./dialect.ts";
import { openaiResponses } from "./responses/openai-responses.ts";

interface Event {
  readonly type: string;
  readonly [name: string]: unknown;
}

const written: fc.Arbitrary<Piece> = fc.oneof(
  fc.record({ content: fc.string(), tokens: fc.constant(1) }),
  fc.record({ content: fc.constant(""), thinking: fc.string({ minLength: 1 }), tokens: fc.constant(1) }),
);
const call: Piece = {
  content: "",
  tokens: 4,
  toolCall: { id: "call_abcdefgh", name: "f", arguments: { city: "<b>" } },
};
/** Thoughts, then text or a call: what a model writes. */
const answers = fc
  .tuple(fc.array(written), fc.boolean())
  .map(([pieces, hasCall]) => [...pieces.toSorted(thoughtsFirst), ...(hasCall ? [call] : [])]);

function thoughtsFirst(one: Piece, other: Piece): number {
  return Number(other.thinking !== undefined) - Number(one.thinking !== undefined);
}

const closing = {
  reason: "stop",
  ...{ promptTokens: 3, promptDuration: 1, answerTokens: 2, answerDuration: 1 },
  ...{ totalDuration: 3, loadDuration: 1 },
} as const;

function eventsOf(dialect: Dialect, pieces: readonly Piece[]): readonly Event[] {
  const chunks = [...pieces.flatMap((piece) => dialect.piece(piece)), ...dialect.closing(closing)];
  return chunks.map((chunk) => {
    const [, name, json] = /^event: (.+)\ndata: (.+)\n\n$/.exec(chunk) ?? [];
    const event = JSON.parse(json ?? "{}") as Event;
    expect(event.type).toBe(name);
    return event;
  });
}

const surroundings = { now: () => 1_795_374_628_000, random: () => 0.5 };

describe("/v1/messages", () => {
  const messages = () => anthropicMessages({ model: "m", isStream: true, estimatedTokens: 2, ...surroundings });

  test("opens and closes each block once, one after the other, between the start and the end of the message", () => {
    fc.assert(
      fc.property(answers, (pieces) => {
        const events = eventsOf(messages(), pieces);
        expect(events[0]).toMatchObject({ type: "message_start" });
        expect(events.slice(-2).map(({ type }) => type)).toEqual(["message_delta", "message_stop"]);
        const blocks = events.slice(1, -2).map((event) => `${event["index"]} ${event.type.slice(14)}`);
        // 0 start, deltas, 0 stop, 1 start …, with as many blocks as there are.
        const count = blocks.filter((block) => block.endsWith("start")).length;
        const wanted = Array.from({ length: count }, (_, index) => `${index} start (${index} delta )+${index} stop `);
        expect(blocks.map((block) => `${block} `).join("")).toMatch(new RegExp(`^${wanted.join("")}$`));
      }),
    );
  });

  test("the deltas of all blocks are what the model wrote", () => {
    fc.assert(
      fc.property(answers, (pieces) => {
        const deltas = eventsOf(messages(), pieces).map(
          (event) => event["delta"] as Record<string, string> | undefined,
        );
        const joined = (name: string) => deltas.map((delta) => delta?.[name] ?? "").join("");
        expect(joined("text")).toBe(pieces.map((piece) => piece.content).join(""));
        expect(joined("thinking")).toBe(pieces.map((piece) => piece.thinking ?? "").join(""));
      }),
    );
  });
});

describe("/v1/responses", () => {
  const format = { type: "text" };
  const echo = { model: "m", instructions: null, tools: [], format, reasoning: undefined, truncation: "disabled" };
  const responses = () => {
    const numbers = { temperature: 1, topP: 1, maxOutputTokens: null, background: false };
    return openaiResponses({ echo: { ...echo, ...numbers }, isStream: true, ...surroundings });
  };

  test("numbers its events without a gap, and each has its members in alphabetical order", () => {
    fc.assert(
      fc.property(answers, (pieces) => {
        const events = eventsOf(responses(), pieces);
        expect(events.map((event) => event["sequence_number"])).toEqual(events.map((_, index) => index));
        for (const event of events) expect(isSorted(event)).toBe(true);
        expect(events.at(-1)).toMatchObject({ type: "response.completed" });
      }),
    );
  });

  test("every item that is added is done, and the last response lists just those", () => {
    fc.assert(
      fc.property(answers, (pieces) => {
        // A text before a call stays open for ever: Ollama tells only the call.
        fc.pre(!pieces.includes(call) || pieces.every(({ content }) => content === ""));
        const events = eventsOf(responses(), pieces);
        const idsOf = (type: string) =>
          events.filter((event) => event.type === type).map((event) => idOf(event["item"]));
        const last = events.at(-1)?.["response"] as { output: readonly object[] | null } | undefined;
        expect(idsOf("response.output_item.done")).toEqual(idsOf("response.output_item.added"));
        expect((last?.output ?? []).map(idOf)).toEqual(idsOf("response.output_item.added"));
      }),
    );
  });
});

const idOf = (item: unknown): string => (item as { id: string }).id;

/** Objects at every depth; a tool's own parameters are not among them here. */
function isSorted(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(isSorted);
  const names = Object.keys(value);
  return names.join() === names.toSorted().join() && Object.values(value).every(isSorted);
}
