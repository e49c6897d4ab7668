import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { naturalOrder } from "./natural-order.ts";

describe("the natural order of names", () => {
  test("counts numbers as numbers and ignores case", () => {
    expect(["rack-10", "Rack-9", "rack-2"].toSorted(naturalOrder)).toEqual(["rack-2", "Rack-9", "rack-10"]);
  });

  test("is a total order: names that differ never tie", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (left, right) => {
        const forth = naturalOrder(left, right);
        return left === right ? forth === 0 : Math.sign(forth) === -Math.sign(naturalOrder(right, left)) && forth !== 0;
      }),
    );
  });
});
