import fc from "fast-check";
import { expect, test } from "vitest";
import { addSketch, bucketOf, percentileOf, sketchSize } from "./sketch.ts";

const sketchOf = (values: readonly number[]): Record<string, number> => {
  const sketch: Record<string, number> = {};
  for (const value of values) addSketch(sketch, { [bucketOf(value)]: 1 });
  return sketch;
};

const values = fc.array(fc.double({ min: 1, max: 1e7, noNaN: true }), { minLength: 1, maxLength: 200 });

test("a percentile is that of the values themselves, to 2.5 %", () => {
  fc.assert(
    fc.property(values, fc.double({ min: 0.01, max: 1, noNaN: true }), (all, share) => {
      const sorted = all.toSorted((one, other) => one - other);
      const exact = sorted[Math.max(0, Math.ceil(share * sorted.length - 1e-9) - 1)] ?? 0;
      const found = percentileOf(sketchOf(all), share) ?? 0;
      expect(Math.abs(found - exact) / exact).toBeLessThanOrEqual(0.0251);
    }),
  );
});

test("parts add up to the whole, in any order", () => {
  fc.assert(
    fc.property(values, values, (one, other) => {
      const sum = sketchOf(one);
      addSketch(sum, sketchOf(other));
      expect(sum).toEqual(sketchOf([...other, ...one]));
      expect(sketchSize(sum)).toBe(one.length + other.length);
    }),
  );
});

test("nothing has no percentile, and what is too small to tell apart has one", () => {
  expect(percentileOf({}, 0.5)).toBeUndefined();
  expect(percentileOf(sketchOf([0, 0.2]), 0.99)).toBe(0.5);
});
