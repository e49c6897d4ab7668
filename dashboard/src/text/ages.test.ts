import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { agoText, durationText, timeOfDay } from "./ages.ts";

describe("ages", () => {
  test.each([
    [0.4, "just now"],
    [1, "1 s ago"],
    [59.9, "59 s ago"],
    [60, "1 min ago"],
    [3_599, "59 min ago"],
    [3_600, "1 h ago"],
    [47 * 3_600, "47 h ago"],
    [48 * 3_600, "2 days ago"],
  ])("%d seconds are said as %s", (seconds, text) => {
    expect(agoText(seconds).replaceAll("\u00a0", " ")).toBe(text);
  });

  test("a length of time is never negative, not even when two clocks disagree", () => {
    expect(durationText(-3)).toBe("0\u00a0s");
  });

  test("a number and its unit stay on one line", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (seconds) => !/\d [a-z]/.test(durationText(seconds))),
    );
  });

  test("a time of day shows its seconds", () => {
    expect(timeOfDay(new Date(2026, 0, 2, 14, 3, 12).getTime())).toMatch(/03.12/);
  });
});
