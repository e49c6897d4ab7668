import { expect, test } from "vitest";
import { goodForMs, pauseAfterFailuresMs } from "./refresh-times.ts";
import { makeBriefingFacts } from "./testing/make-briefing-facts.ts";

const MINUTE = 60_000;

test("a briefing is good for longer the more the fleet has to do, or when it has no nodes", () => {
  expect(goodForMs(makeBriefingFacts())).toBe(30 * MINUTE);
  expect(goodForMs(makeBriefingFacts({ in_flight: 1 }))).toBe(60 * MINUTE);
  expect(goodForMs(makeBriefingFacts({ in_flight: 4, waiting: 2 }))).toBe(120 * MINUTE);
  expect(goodForMs(makeBriefingFacts({ nodes: [] }))).toBe(60 * MINUTE);
});

test("each failure doubles the pause, up to two hours", () => {
  expect([0, 1, 2, 3, 10].map(pauseAfterFailuresMs)).toEqual([0, 5, 10, 20, 120].map((minutes) => minutes * MINUTE));
});
