import { expect, test } from "vitest";
import { createInventoryReport } from "./inventory-report.ts";

const one = { names: ["a:1"], facts: { "a:1": {} }, sizes: { "a:1": 1 } };
const other = { ...one, facts: { "a:1": { capabilities: ["completion"] } } };

test("an inventory is due until it arrived, when it changed, after a minute, and when asked", () => {
  let now = 0;
  const report = createInventoryReport(() => now);
  expect(report.isDue(one)).toBe(true);
  expect(report.isDue(one)).toBe(true);
  report.arrived(one);
  expect(report.isDue({ ...one })).toBe(false);
  expect(report.isDue(other)).toBe(true);
  now = 59_999;
  expect(report.isDue(one)).toBe(false);
  now = 60_000;
  expect(report.isDue(one)).toBe(true);
  report.arrived(one);
  report.ask();
  expect(report.isDue(one)).toBe(true);
});
