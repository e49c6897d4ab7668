import fc from "fast-check";
import { expect, test } from "vitest";
import { FlatHistogram } from "./flat-histogram.ts";

test("a value on a bound belongs below it, one above all bounds is counted too", () => {
  const flat = new FlatHistogram([1, 2]);
  for (const value of [0, 1, 1.5, 2, 3, Number.POSITIVE_INFINITY]) flat.add(value);
  expect(flat.read().counts).toEqual([2, 2, 2]);
});

test("what is no number is left out, and a negative value is 0", () => {
  const flat = new FlatHistogram([1]);
  expect(flat.isEmpty).toBe(true);
  flat.add(Number.NaN);
  expect(flat.isEmpty).toBe(true);
  flat.add(-5);
  expect(flat.read()).toEqual({ counts: [1, 0], sum: 0 });
});

test("every value is counted once, and all of them make the sum", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100)), (values) => {
      const flat = new FlatHistogram([10, 20, 50]);
      for (const value of values) flat.add(value);
      const { counts, sum } = flat.read();
      expect(counts.reduce((total, one) => total + one, 0)).toBe(values.length);
      expect(sum).toBe(values.reduce((total, one) => total + one, 0));
    }),
  );
});
