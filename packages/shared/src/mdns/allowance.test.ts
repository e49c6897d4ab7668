import { expect, test } from "vitest";
import { createAllowance } from "./allowance.ts";

test("so much is allowed to each source, and to all together, and again in the next second", () => {
  let now = 5_000;
  const mayPass = createAllowance({ perSource: 2, altogether: 3 }, () => now);
  expect(["a", "a", "a", "b", "c"].map(mayPass)).toEqual([true, true, false, true, false]);
  now += 1_000;
  expect(mayPass("a")).toBe(true);
});
