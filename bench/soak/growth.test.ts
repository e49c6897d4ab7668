import { expect, test } from "vitest";
import { growthOf } from "./growth.ts";

/** Memory that rises by 60 between two collections and falls back, on ground that rises by `perX`. */
const sawtooth = (perX: number) => Array.from({ length: 360 }, (_, x) => ({ x, y: 100 + perX * x + (x % 17) * 3.5 }));

test("ground that stays is told from ground that rises, whatever happens between two collections", () => {
  expect(growthOf(sawtooth(0))).toBeCloseTo(0, 6);
  expect(growthOf(sawtooth(0.2))).toBeCloseTo(0.2, 2);
});

test("what happens while everything warms up does not count", () => {
  const points = sawtooth(0).map(({ x, y }) => ({ x, y: x < 100 ? y - 100 + x : y }));
  expect(growthOf(points)).toBeCloseTo(0, 6);
});

test("a few points tell nothing", () => {
  expect(growthOf(sawtooth(0).slice(0, 6))).toBeNaN();
});
