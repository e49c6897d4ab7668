import fc from "fast-check";
import { expect, test } from "vitest";
import { median, percentile, slopeOf } from "./statistics.ts";

const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1 });

test("a percentile is one of the values, and at least its share of them is not greater", () => {
  fc.assert(
    fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
      const found = percentile(values, share);
      expect(values).toContain(found);
      expect(values.filter((value) => value <= found).length).toBeGreaterThanOrEqual(share * values.length - 1e-9);
    }),
  );
});

test("a median lies between as many values on either side", () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([])]).toEqual([2, 2.5, Number.NaN]);
});

test("the slope of points on a line is that of the line, whatever their order", () => {
  const whole = fc.integer({ min: -100, max: 100 });
  fc.assert(
    fc.property(fc.uniqueArray(whole, { minLength: 2 }), whole, whole, (xs, slope, start) => {
      const points = xs.map((x) => ({ x, y: start + slope * x }));
      expect(slopeOf(points)).toBeCloseTo(slope, 6);
    }),
  );
  expect(slopeOf([{ x: 1, y: 1 }])).toBeNaN();
});
