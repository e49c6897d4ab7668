import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NeutralEvent } from "../neutral.ts";
import { createCallSequence, type ReplyStep } from "./call-sequence.ts";

const head = (index: number, name = `tool${index}`): NeutralEvent => ({
  kind: "tool-call",
  choice: 0,
  index,
  id: `call_${index}`,
  name,
});
const piece = (index: number, text: string): NeutralEvent => ({ kind: "tool-arguments", choice: 0, index, text });
const text = (said: string): NeutralEvent => ({ kind: "text", choice: 0, text: said });
const finish: NeutralEvent = { kind: "finish", choice: 0, reason: "tool-calls" };

/** The steps in short: `+name`, pieces, `-whole`, texts in quotes. */
const short = (step: ReplyStep): string => {
  switch (step.kind) {
    case "call":
      return `+${step.name}`;
    case "arguments":
      return step.text;
    case "call-end":
      return `-${step.argumentsText}`;
    case "finish":
      return "finish";
    default:
      return `"${step.text}"`;
  }
};

const stepsOf = (events: readonly NeutralEvent[]): readonly ReplyStep[] => {
  const sequence = createCallSequence(0, () => "fresh");
  return [...events.flatMap(sequence.take), ...sequence.close()];
};

describe("tool calls", () => {
  it("pass on their arguments piece by piece", () => {
    const events = [text("So."), head(0), piece(0, '{"a"'), piece(0, ":1}"), head(1), piece(1, "{}"), finish];
    expect(stepsOf(events).map(short)).toEqual([
      '"So."',
      "+tool0",
      '{"a"',
      ":1}",
      '-{"a":1}',
      "+tool1",
      "{}",
      "-{}",
      "finish",
    ]);
  });

  it("that come in turns are put one after the other", () => {
    const events = [head(0), head(1), piece(1, '{"b":'), piece(0, '{"a":'), piece(1, "2}"), piece(0, "1}"), finish];
    expect(stepsOf(events).map(short)).toEqual([
      "+tool0",
      '{"a":',
      "1}",
      '-{"a":1}',
      "+tool1",
      '{"b":2}',
      '-{"b":2}',
      "finish",
    ]);
  });

  it("end when something else begins and their arguments are whole", () => {
    const sequence = createCallSequence(0, () => "fresh");
    const steps = [head(0), piece(0, "{}"), text("Then")].flatMap(sequence.take);
    expect(steps.map(short)).toEqual(["+tool0", "{}", "-{}", '"Then"']);
  });

  it("hold back a text that comes amid their arguments", () => {
    const events = [head(0), piece(0, '{"a":'), text("Then"), piece(0, "1}"), finish];
    expect(stepsOf(events).map(short)).toEqual(["+tool0", '{"a":', "1}", '-{"a":1}', '"Then"', "finish"]);
  });

  it("get an id where the backend gave none", () => {
    const [step] = stepsOf([{ kind: "tool-call", choice: 0, index: 0, id: "", name: "f" }]);
    expect(step).toEqual({ kind: "call", id: "call_fresh", name: "f" });
  });

  it("and texts get back the characters that were cut in two", () => {
    const events = [text("a\ud83d"), text("\ude00"), head(0), piece(0, '"\ud83d'), piece(0, '\ude00"'), finish];
    expect(stepsOf(events).map(short)).toEqual(['"a"', '"😀"', "+tool0", '"', '😀"', '-"😀"', "finish"]);
  });

  it("of other answers are not taken", () => {
    expect(stepsOf([{ kind: "tool-call", choice: 1, index: 0, id: "x", name: "f" }, { kind: "end" }])).toEqual([]);
  });

  it("lose nothing and never overlap, whatever the order of the pieces", () => {
    const events = fc.array(
      fc.oneof(
        fc.nat(4).map((index) => ({ index, isHead: true, said: "" })),
        fc.record({ index: fc.nat(4), isHead: fc.constant(false), said: fc.constantFrom('{"a":', "1}", "{}", "x") }),
        fc.record({ index: fc.constant(-1), isHead: fc.constant(false), said: fc.constantFrom("hello", "you") }),
      ),
    );
    fc.assert(
      fc.property(events, (drawn) => {
        const seen = new Set<number>();
        const taken = drawn.flatMap((one) => eventsOf(one, seen));
        const steps = stepsOf([...taken, finish]);
        expectNoOverlap(steps);
        expect(steps.filter(({ kind }) => kind === "call").length).toBe(seen.size);
        const spoken = (of: readonly { kind: string; text?: string }[]) =>
          of.flatMap((one) => (one.kind === "text" ? one.text : [])).join("");
        expect(spoken(steps as never)).toBe(spoken(taken as never));
      }),
    );
  });

  it("take no longer than their number, also when all of them are without an end", () => {
    const events = Array.from({ length: 50_000 }, (_, index) => head(index));
    expect(stepsOf([...events, finish]).length).toBe(100_001);
  });
});

/** A text, the first head of a call, or a piece of a call that has begun. */
const eventsOf = (
  { index, isHead, said }: { readonly index: number; readonly isHead: boolean; readonly said: string },
  seen: Set<number>,
): readonly NeutralEvent[] => {
  if (index === -1) return [text(said)];
  const isKnown = seen.has(index);
  seen.add(index);
  if (isHead || !isKnown) return isKnown ? [] : [head(index)];
  return [piece(index, said)];
};

const expectNoOverlap = (steps: readonly ReplyStep[]): void => {
  let given: string | undefined;
  for (const step of steps) {
    if (step.kind === "call") {
      expect(given).toBeUndefined();
      given = "";
    } else if (step.kind === "arguments") {
      expect(given).toBeDefined();
      given += step.text;
    } else if (step.kind === "call-end") {
      expect(step.argumentsText).toBe(given);
      given = undefined;
    } else expect(given).toBeUndefined();
  }
  expect(given).toBeUndefined();
};
