import type { CapacityReading } from "@herd/shared";
import { describe, expect, it } from "vitest";
import { type CandidateWishes, makeCandidate, makeView } from "../testing/make-view.ts";
import { paused } from "./paused.ts";

const reject = (capacity: Partial<CapacityReading> | undefined, load: CandidateWishes["load"] = {}) => {
  const known: CapacityReading = {
    mode: "full",
    ceiling_gb: 0,
    availability_score: 0,
    reason: "",
    override_active: false,
    learning_confidence: 0,
    days_observed: 0,
    ...capacity,
  };
  const candidate = makeCandidate("a", { node: { capacity: capacity === undefined ? undefined : known }, load });
  return paused.reject(candidate, makeView([candidate]));
};
const words = (...example: Parameters<typeof reject>): string | undefined => {
  const reason = reject(...example);
  return reason && paused.explain(reason);
};

describe("paused", () => {
  it("rejects a machine whose owner needs it, and tells learning from a pause by hand", () => {
    expect(words({ mode: "paused", reason: "meeting_detected" })).toBe("Paused: its owner is using the machine");
    expect(words({ mode: "paused", override_active: true })).toBe("Paused by hand");
  });

  it("keeps a machine that is busy with the fleet's own requests", () => {
    const ownWork = { mode: "paused", reason: "sustained_high_cpu" };
    expect(reject(ownWork, { nodeInFlight: 1 })).toBeUndefined();
    expect(reject(ownWork)).toBeDefined();
    expect(reject({ ...ownWork, override_active: true }, { nodeInFlight: 1 })).toBeDefined();
  });

  it("keeps a learner in its first days when it grants memory, and rejects one that grants none", () => {
    expect(reject({ mode: "bootstrap", ceiling_gb: 8 })).toBeUndefined();
    expect(words({ mode: "bootstrap", ceiling_gb: 0, days_observed: 2 })).toBe(
      "The machine is still learning when it is free (day 3) and offers no memory yet",
    );
  });

  it("keeps machines that do not learn, and every other mode, however low its score", () => {
    expect(reject(undefined)).toBeUndefined();
    expect(reject({ mode: "learned_low", availability_score: 0.1 })).toBeUndefined();
    expect(reject({ mode: "a mode of tomorrow" })).toBeUndefined();
  });
});
