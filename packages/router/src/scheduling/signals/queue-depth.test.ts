import { describe, expect, it } from "vitest";
import type { FleetAggregates } from "../../domain/fleet-snapshot.ts";
import { type CandidateWishes, makeCandidate, makeView } from "../testing/make-view.ts";
import { queueDepth } from "./queue-depth.ts";

const nothing: FleetAggregates = { medianBandwidth: undefined, medianDecodeSpeed: undefined };
const read = (wishes: CandidateWishes, fleet: FleetAggregates = nothing) => {
  const candidate = makeCandidate("a", wishes);
  return queueDepth.measure(candidate, makeView([candidate], { fleet }));
};
const score = (wishes: CandidateWishes, fleet?: FleetAggregates): number => read(wishes, fleet).score;
const busy = { nodeInFlight: 1, nodeWaiting: 2 };

describe("queue_depth", () => {
  it("is 0 on an idle machine and approaches 1 as work piles up", () => {
    expect(score({})).toBe(0);
    expect(score({ load: { nodeInFlight: 1, nodeWaiting: 4 } })).toBeCloseTo(1 - Math.exp(-2));
    expect(score({ load: { nodeWaiting: 60 } })).toBeGreaterThan(0.99);
  });

  it("counts the work of all models on the machine", () => {
    expect(score({ load: { inFlight: 0, nodeInFlight: 3 } })).toBe(score({ load: { inFlight: 3, nodeInFlight: 3 } }));
  });

  it("counts the same work for less on a faster machine, by learned speed", () => {
    const fleet = { medianBandwidth: undefined, medianDecodeSpeed: 20 };
    const fast = score({ load: busy, learned: { decodeTokensPerS: 40 } }, fleet);
    const slow = score({ load: busy, learned: { decodeTokensPerS: 10 } }, fleet);
    expect(fast).toBeCloseTo(1 - Math.exp(-1.5 / 2.5));
    expect(slow).toBeCloseTo(1 - Math.exp(-6 / 2.5));
  });

  it("estimates the speed of a machine that has not served the model yet from its bandwidth", () => {
    const fleet = { medianBandwidth: 100, medianDecodeSpeed: 20 };
    const fast = score({ load: busy, node: { memoryBandwidth: 800 } }, fleet);
    expect(fast).toBeLessThan(score({ load: busy, node: { memoryBandwidth: 100 } }, fleet));
  });

  it("goes by bandwidth while no speed was learned anywhere, and by nothing when that is not known either", () => {
    const fleet = { medianBandwidth: 100, medianDecodeSpeed: undefined };
    expect(score({ load: busy, node: { memoryBandwidth: 200 } }, fleet)).toBeCloseTo(1 - Math.exp(-1.5 / 2.5));
    expect(score({ load: busy }, fleet)).toBeCloseTo(1 - Math.exp(-3 / 2.5));
  });

  it("never counts a machine as more than four times as fast or slow", () => {
    const fleet = { medianBandwidth: 100, medianDecodeSpeed: undefined };
    expect(read({ node: { memoryBandwidth: 9000 } }, fleet).facts["speed_factor"]).toBe(4);
    expect(read({ node: { memoryBandwidth: 1 } }, fleet).facts["speed_factor"]).toBe(0.25);
  });

  it("says it in words", () => {
    expect(queueDepth.explain(read({}))).toBe("Nothing runs or waits on this machine");
    expect(queueDepth.explain(read({ load: busy }))).toBe("1 request running and 2 waiting on this machine");
    const fleet = { medianBandwidth: 100, medianDecodeSpeed: undefined };
    expect(queueDepth.explain(read({ load: { nodeInFlight: 2 }, node: { memoryBandwidth: 250 } }, fleet))).toBe(
      "2 requests running and none waiting on this machine, which has 2.5× the middle speed of the fleet",
    );
  });
});
