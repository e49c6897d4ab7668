import type { CapacityReading } from "@herd/shared";
import { describe, expect, it } from "vitest";
import { makeCandidate, makeView } from "../testing/make-view.ts";
import { availabilityTrend } from "./availability-trend.ts";

const read = (capacity?: Partial<CapacityReading>) => {
  const known: CapacityReading = {
    mode: "full",
    ceiling_gb: 32,
    availability_score: 0.9,
    reason: "",
    override_active: false,
    learning_confidence: 1,
    days_observed: 30,
    ...capacity,
  };
  const candidate = makeCandidate("a", { node: { capacity: capacity === undefined ? undefined : known } });
  return availabilityTrend.measure(candidate, makeView([candidate]));
};

describe("availability_trend", () => {
  it("counts a machine without history as average, with neither bonus nor penalty", () => {
    expect(read().score).toBe(0.5);
    expect(read({ learning_confidence: 0, availability_score: 1 }).score).toBe(0.5);
    expect(read({ learning_confidence: 0, availability_score: 0 }).score).toBe(0.5);
  });

  it("follows the learned availability, by how sure it is", () => {
    expect(read({}).score).toBeCloseTo(0.9);
    expect(read({ learning_confidence: 0.5 }).score).toBeCloseTo(0.7);
  });

  it("falls while the owner's use rises", () => {
    expect(read({ trend: 1 }).score).toBeCloseTo(0.75);
    expect(read({ trend: -1 }).score).toBe(1);
  });

  it("takes a mode set by hand in full", () => {
    expect(read({ override_active: true, availability_score: 1, learning_confidence: 0, trend: 1 }).score).toBe(1);
  });

  it("says it in words", () => {
    expect(availabilityTrend.explain(read())).toBe("No history yet: counts as average");
    expect(availabilityTrend.explain(read({ trend: 0.5 }))).toBe(
      "Usually 90 % available at this hour, and its owner's use is rising",
    );
    expect(availabilityTrend.explain(read({ learning_confidence: 0.2 }))).toBe(
      "Usually 90 % available at this hour (little is known yet)",
    );
  });
});
