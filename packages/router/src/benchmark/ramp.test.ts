import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nextStep, saturationOf } from "./ramp.ts";
import { type StepResult, stepResultOf } from "./step-result.ts";

const step = (concurrency: number, perSecond: number, failures = 0): StepResult => ({
  ...stepResultOf(concurrency, [], { from: 0, to: 1000 }),
  requests: 10,
  failures,
  perSecond,
});

/** Ramps a server that computes so many at once, each at 10 per second. */
function ramp(slots: number, most: number) {
  const steps: StepResult[] = [];
  for (;;) {
    const decision = nextStep(steps, most);
    if (decision.kind === "end") return { steps, why: decision.why };
    steps.push(step(decision.concurrency, 10 * Math.min(decision.concurrency, slots)));
  }
}

describe("the ramp", () => {
  test("doubles until more at once brings nothing, then halves the gap in which it stopped growing", () => {
    const { steps, why } = ramp(5, 64);
    expect([steps.map(({ concurrency }) => concurrency), why]).toEqual([[1, 2, 4, 8, 16, 6, 5], "saturated"]);
    expect(saturationOf(steps)).toBe(5);
  });

  test("ends where too many fail, and at its bound", () => {
    expect(nextStep([step(1, 10), step(2, 20, 5)], 64)).toEqual({ kind: "end", why: "failing" });
    expect(ramp(64, 6)).toMatchObject({ why: "bound", steps: [{}, {}, {}, { concurrency: 6 }, { concurrency: 5 }] });
  });

  test("always ends, within its bound, and within 15 % of a server's own number", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 64 }), (slots, most) => {
        const { steps } = ramp(slots, most);
        expect(Math.max(...steps.map(({ concurrency }) => concurrency))).toBeLessThanOrEqual(most);
        expect(saturationOf(steps)).toBeGreaterThanOrEqual(Math.min(slots, most) * 0.9);
        expect(saturationOf(steps)).toBeLessThanOrEqual(Math.min(most, Math.max(slots + 1, slots * 1.15)));
      }),
    );
  });

  test("without a finished step there is no saturation", () => {
    expect(saturationOf([])).toBe(0);
    expect(saturationOf([step(1, 0)])).toBe(0);
  });
});
