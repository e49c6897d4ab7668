import fc from "fast-check";
import { expect, test } from "vitest";
import { progressLine } from "./progress-bar.ts";
import { textWidth } from "./text-width.ts";

const half = { label: "pulling gemma3:4b", done: 1_650_000_000, total: 3_300_000_000, perSecond: 55_000_000 };

test("a bar tells the share, the bytes, the speed and the time that is left", () => {
  expect(progressLine(half, 120)).toMatch(
    /^pulling gemma3:4b \[█{20}░{20}\] {3}50 % {2}1\.6 GB of 3\.3 GB {2}55 MB\/s {2}0:30 left$/,
  );
});

test("without a known total only the label is shown", () => {
  expect(progressLine({ ...half, total: 0 }, 80)).toBe("pulling gemma3:4b");
});

test("a line never takes more columns than there are, whatever is told, and steers no terminal", () => {
  const progress = fc.record({
    label: fc.string({ unit: "binary" }),
    done: fc.double({ min: -1, max: 1e13, noNaN: true }),
    total: fc.double({ min: 0, max: 1e13, noNaN: true }),
    perSecond: fc.option(fc.double({ min: 0, max: 1e10, noNaN: true }), { nil: undefined }),
  });
  fc.assert(
    fc.property(progress, fc.integer({ min: 20, max: 200 }), (one, width) => {
      const line = progressLine(one, width);
      expect(textWidth(line)).toBeLessThanOrEqual(width);
      expect(line).not.toMatch(/\p{Cc}/u);
    }),
  );
});
