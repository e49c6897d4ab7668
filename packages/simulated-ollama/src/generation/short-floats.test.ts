import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutVector, pseudoVector } from "./pseudo-vector.ts";
import { shortFloats } from "./short-floats.ts";

const lengthOf = (vector: Float32Array): number => Math.hypot(...vector);

describe("the digits of a float of four bytes", () => {
  test("name it, and no shorter decimal does", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true, min: -2, max: 2 }), (value) => {
        // Smaller ones have fewer digits to tell apart, and no vector of length 1 needs them.
        fc.pre(Math.abs(value) > 1e-37);
        const [short = 0] = shortFloats(Float32Array.of(value));
        expect(Math.fround(short)).toBe(Math.fround(value));
        const digits = short.toExponential().replace(/e.*/, "").replaceAll(/[-.]/g, "").length;
        if (digits > 1) expect(Math.fround(Number(value.toPrecision(digits - 1)))).not.toBe(Math.fround(value));
      }),
    );
  });

  test.each([
    [0.1, 0.1],
    [-0.48208082, -0.48208082],
    [1 / 3, 0.33333334],
  ])("%d is written as %d", (value, short) => {
    expect(shortFloats(Float32Array.of(value))).toEqual([short]);
  });
});

describe("a pseudo vector", () => {
  test("is the same for the same text, another for another, and of length 1, also when it is cut", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.integer({ min: 1, max: 400 }), (one, other, dimensions) => {
        const vector = pseudoVector(one, 384);
        expect(vector).toEqual(pseudoVector(one, 384));
        if (one !== other) expect(vector).not.toEqual(pseudoVector(other, 384));
        expect(lengthOf(vector)).toBeCloseTo(1, 5);
        const cut = cutVector(vector, dimensions);
        expect(cut).toHaveLength(Math.min(dimensions, 384));
        expect(lengthOf(cut)).toBeCloseTo(1, 5);
      }),
    );
  });
});
