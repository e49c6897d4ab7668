import fc from "fast-check";
import { expect, test } from "vitest";
import { type Sample, stepResultOf } from "./step-result.ts";

const sample = (sentAt: number, latencyMs: number, outputTokens: number): Sample => ({
  isOk: true,
  sentAt,
  latencyMs,
  firstTokenMs: 0,
  promptTokens: 1,
  outputTokens,
});

test("what is written after the step's time does not count, nor does the time that it takes", () => {
  const samples = [sample(0, 1000, 100), sample(1000, 1000, 100)];
  expect(stepResultOf(1, samples, { from: 0, to: 1500 })).toMatchObject({ perSecond: 100, seconds: 1.5, requests: 2 });
});

test("a step in which nothing ends is measured until something does", () => {
  expect(stepResultOf(1, [{ ...sample(0, 8000, 80), firstTokenMs: 4000 }], { from: 0, to: 2000 })).toMatchObject({
    perSecond: 10,
    seconds: 8,
  });
});

test("requests are counted where nothing is written, failures for nothing", () => {
  const failed = { ...sample(0, 10, 0), isOk: false, error: "no" };
  const result = stepResultOf(2, [sample(0, 500, 0), sample(500, 500, 0), failed], { from: 0, to: 1000 });
  expect(result).toMatchObject({ perSecond: 2, requests: 2, failures: 1 });
  expect(stepResultOf(1, [failed], { from: 0, to: 1000 })).toMatchObject({ perSecond: 0, latencyP50Ms: null });
});

test("workers that write evenly are measured rightly wherever the step is cut", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 16 }),
      fc.integer({ min: 50, max: 400 }),
      fc.integer({ min: 400, max: 2000 }),
      (workers, latency, stepMs) => {
        const rounds = Math.ceil(stepMs / latency);
        const samples = Array.from({ length: workers * rounds }, (_, at) =>
          sample(Math.floor(at / workers) * latency, latency, latency),
        );
        const { perSecond } = stepResultOf(workers, samples, { from: 0, to: stepMs });
        expect(Math.abs(perSecond / (workers * 1000) - 1)).toBeLessThan(0.001);
      },
    ),
  );
});
