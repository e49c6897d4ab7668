import { expect, test } from "vitest";
import { expectedSpeed, type SpeedSources } from "./expected-speed.ts";

const sources: SpeedSources = {
  weightBytes: 10e9,
  activeShare: 1,
  bandwidth: 100,
  measured: undefined,
  readBytesPerS: undefined,
};

test("the memory's bandwidth bounds it: every active weight is read once for each token", () => {
  expect(expectedSpeed(sources)).toEqual({ tokensPerS: 6, basis: "estimated", confidence: "low" });
  expect(expectedSpeed({ ...sources, activeShare: 0.1 }).tokensPerS).toBeCloseTo(42);
});

test("what was measured there goes before what other models there show, that before the estimate", () => {
  const scaled = { ...sources, readBytesPerS: 80e9 };
  expect(expectedSpeed(scaled)).toEqual({ tokensPerS: 8, basis: "scaled", confidence: "medium" });
  const measured = { tokensPerS: 7, samples: 9 };
  expect(expectedSpeed({ ...scaled, measured })).toEqual({ tokensPerS: 7, basis: "measured", confidence: "high" });
  expect(expectedSpeed({ ...scaled, measured: { tokensPerS: 7, samples: 1 } }).confidence).toBe("medium");
});

test("with nothing to go by nothing is said", () => {
  expect(expectedSpeed({ ...sources, bandwidth: undefined })).toEqual({
    tokensPerS: undefined,
    basis: "unknown",
    confidence: "low",
  });
});
