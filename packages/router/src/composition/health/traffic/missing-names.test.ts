import { expect, test } from "vitest";
import { createMissingNames } from "./missing-names.ts";

const HOUR = 3_600_000;

test("names are counted over 24 hours, with the newest requests", () => {
  let now = 100 * HOUR;
  const names = createMissingNames(() => now);
  for (let index = 0; index < 12; index += 1) names.note("gone", `r${index}`);
  expect(names.recent()).toMatchObject([{ model: "gone", count: 12, lastAt: now }]);
  expect(names.recent()[0]?.traces).toEqual(Array.from({ length: 10 }, (_, index) => `r${11 - index}`));
  now += 23 * HOUR;
  names.note("gone", "later");
  expect(names.recent()[0]?.count).toBe(13);
  now += 2 * HOUR;
  expect(names.recent()[0]?.count).toBe(1);
  now += 25 * HOUR;
  expect(names.recent()).toEqual([]);
});

test("no more than fifty names are kept, and old ones make room", () => {
  let now = 100 * HOUR;
  const names = createMissingNames(() => now);
  for (let index = 0; index < 60; index += 1) names.note(`m${index}`, "r");
  expect(names.recent()).toHaveLength(50);
  now += 25 * HOUR;
  names.note("new", "r");
  expect(names.recent()).toMatchObject([{ model: "new" }]);
});
