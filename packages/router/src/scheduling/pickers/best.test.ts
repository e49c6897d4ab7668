import { describe, expect, it } from "vitest";
import type { RankedCandidate } from "../../domain/decision.ts";
import { compareRanked } from "../rank-order.ts";
import { makeCandidate, makeView } from "../testing/make-view.ts";
import { best } from "./best.ts";

const entry = (id: string, total: number, lastChosenAt = 0): RankedCandidate => ({
  candidate: makeCandidate(id, { candidate: { lastChosenAt } }),
  total,
  parts: [],
});
const pick = (...ranked: readonly RankedCandidate[]): string =>
  best.pick(ranked, makeView(ranked.map(({ candidate }) => candidate))).candidate.node.nodeId;

describe("best", () => {
  it("takes the highest total", () => {
    expect(pick(entry("a", 10), entry("b", 20), entry("c", -5))).toBe("b");
  });

  it("takes the least recently chosen of equal totals, then the first name", () => {
    expect(pick(entry("a", 10, 300), entry("b", 10, 100), entry("c", 10, 200))).toBe("b");
    expect(pick(entry("b", 10), entry("a", 10))).toBe("a");
  });

  it("takes totals as equal that differ by less than readings can tell", () => {
    expect(pick(entry("a", 70.02, 300), entry("b", 70.01, 100))).toBe("b");
    expect(pick(entry("a", 70.3, 300), entry("b", 70, 100))).toBe("a");
  });
});

describe("the order of ranked candidates", () => {
  it("is the same whichever of two comes first", () => {
    const [a, b] = [entry("a", 10), entry("b", 10)];
    expect(compareRanked(a, b)).toBeLessThan(0);
    expect(compareRanked(b, a)).toBeGreaterThan(0);
    expect(compareRanked(a, a)).toBe(0);
  });
});
