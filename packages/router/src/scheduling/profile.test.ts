import { describe, expect, it } from "vitest";
import { HerdError } from "../domain/errors.ts";
import { signalsProfile, withWeights } from "./profile.ts";

describe("withWeights", () => {
  it("replaces the weights it is given and keeps the rest", () => {
    const profile = withWeights(signalsProfile, { thermal: 80 });
    expect(profile).toEqual({ name: "signals", weights: { ...signalsProfile.weights, thermal: 80 } });
    expect(signalsProfile.weights["thermal"]).toBe(50);
  });

  it.each([
    [{ warmth: 1 }, /weights\.warmth: there is no such signal; the signals are thermal, memory_fit/],
    [{ thermal: Number.NaN }, /weights\.thermal: NaN is not a finite number/],
  ])("refuses %o by name", (weights, message) => {
    expect(() => withWeights(signalsProfile, weights)).toThrow(message);
    expect(() => withWeights(signalsProfile, weights)).toThrow(HerdError);
  });
});
