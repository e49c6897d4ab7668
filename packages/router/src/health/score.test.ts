import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { healthScoreOf, type Scored } from "./score.ts";

const scored = (severity: Scored["severity"], more: Partial<Scored> = {}): Scored => ({
  severity,
  isResolved: false,
  isMarked: false,
  ...more,
});

describe("the score", () => {
  it("is 100 for a healthy fleet, and for one of which there is only something to know", () => {
    expect(healthScoreOf([])).toBe(100);
    expect(
      healthScoreOf([scored("info"), scored("critical", { isResolved: true }), scored("warning", { isMarked: true })]),
    ).toBe(100);
  });

  it("loses 20 for what is critical and 10 for a warning, and never falls below 0", () => {
    expect(healthScoreOf([scored("critical"), scored("warning")])).toBe(70);
    expect(healthScoreOf(Array.from({ length: 9 }, () => scored("critical")))).toBe(0);
  });

  it("never rises by a further finding", () => {
    const one = fc.record({
      severity: fc.constantFrom("info" as const, "warning" as const, "critical" as const),
      isResolved: fc.boolean(),
      isMarked: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(one), one, (all, further) => {
        expect(healthScoreOf([...all, further])).toBeLessThanOrEqual(healthScoreOf(all));
      }),
    );
  });
});
