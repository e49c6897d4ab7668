import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AnswerWish, planAnswer } from "./plan-answer.ts";

const wish: AnswerWish = {
  prompt: "hello",
  seed: 1,
  limit: 0,
  stops: [],
  format: undefined,
  isThinking: false,
  thinksAloud: false,
  toolCall: undefined,
  topLogprobs: undefined,
  isFull: false,
};

function write(changes: Partial<AnswerWish>) {
  const plan = planAnswer({ ...wish, ...changes });
  const pieces = [];
  let next = plan.next();
  for (; !next.done; next = plan.next()) pieces.push(next.value);
  return { pieces, end: next.value, text: pieces.map((piece) => piece.content).join("") };
}

describe("the plan of an answer", () => {
  test("is the same for the same prompt and seed, and another for others", () => {
    expect(write({})).toEqual(write({}));
    expect(write({ seed: 2 }).text).not.toBe(write({}).text);
    expect(write({ prompt: "bye" }).text).not.toBe(write({}).text);
  });

  test("has exactly as many tokens as the limit says, and ends for its length", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.boolean(), (limit, isThinking) => {
        const { pieces, end } = write({ limit, isThinking });
        expect(pieces.length).toBe(limit);
        expect(end.reason).toBe("length");
      }),
    );
  });

  test("ends by itself without a limit", () => {
    expect(write({}).end.reason).toBe("stop");
  });

  test("never contains a stop string, and ends before the first one", () => {
    const stop = fc.constantFrom(" ", ".", " sea", "th", "e w", "🌊", "never written");
    fc.assert(
      fc.property(fc.string(), fc.array(stop, { minLength: 1, maxLength: 3 }), (prompt, stops) => {
        const whole = write({ prompt, limit: 200 }).text;
        const { text, end, pieces } = write({ prompt, limit: 200, stops });
        const first = Math.min(...stops.map((one) => whole.indexOf(one)).filter((index) => index >= 0), whole.length);
        expect(text).toBe(whole.slice(0, first));
        const steps = pieces.reduce((sum, piece) => sum + piece.tokens, end.tokens);
        expect(steps).toBeLessThanOrEqual(200);
        expect(end.reason).toBe(first < whole.length ? "stop" : "length");
      }),
    );
  });

  test("thinks before it writes", () => {
    const kinds = write({ isThinking: true }).pieces.map((piece) => piece.thinking !== undefined);
    expect(kinds.indexOf(false)).toBe(5);
    expect(kinds.lastIndexOf(true)).toBe(4);
  });

  test("satisfies a schema", () => {
    const properties = {
      yes: { type: "boolean" },
      tags: { type: "array", items: { enum: ["a", "b"] } },
      n: { type: "integer" },
    };
    expect(JSON.parse(write({ format: { type: "object", properties } }).text)).toEqual({
      yes: true,
      tags: ["a"],
      n: 1,
    });
  });

  test("is one record for a tool call, however many tokens it takes", () => {
    const toolCall = { id: "call_1", name: "get_time", arguments: { city: "Rome" } };
    const { pieces, end } = write({ toolCall });
    expect(pieces).toEqual([{ content: "", toolCall, tokens: expect.any(Number) }]);
    expect(end.reason).toBe("stop");
  });

  test("gives odds for each token when asked", () => {
    const [piece] = write({ topLogprobs: 2, limit: 1 }).pieces;
    expect(piece?.logprob).toMatchObject({ token: piece?.content, bytes: [...Buffer.from(piece?.content ?? "")] });
    expect(piece?.logprob?.top_logprobs).toHaveLength(2);
  });
});
