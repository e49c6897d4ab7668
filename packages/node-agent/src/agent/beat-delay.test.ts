import fc from "fast-check";
import { expect, test } from "vitest";
import { type BeatSituation, beatDelay } from "./beat-delay.ts";

const accepted = { kind: "accepted", reply: { status: "ok" }, isLegacy: false } as const;
const failed = { kind: "failed", reason: "refused" } as const;
const situation = (part: Partial<BeatSituation>): BeatSituation => ({
  delivery: accepted,
  failures: 0,
  periodMs: 5000,
  elapsedMs: 0,
  random: 0,
  ...part,
});

test("heartbeats that arrive keep a fixed rhythm, however long the answer took", () => {
  expect(beatDelay(situation({ elapsedMs: 20_300 }))).toBe(4700);
  expect(beatDelay(situation({ elapsedMs: 0 }))).toBe(5000);
});

test("failures wait 1, 2, 4, 5, 5 seconds at most", () => {
  const delays = [1, 2, 3, 4, 50].map((failures) => beatDelay(situation({ delivery: failed, failures })));
  expect(delays).toEqual([1000, 2000, 4000, 5000, 5000]);
});

test("chance shortens a waiting time by up to half, and never beyond 5 s", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (failures, random) => {
        const delay = beatDelay(situation({ delivery: failed, failures, random }));
        expect(delay).toBeGreaterThanOrEqual(500);
        expect(delay).toBeLessThanOrEqual(5000);
      },
    ),
  );
});

test("an id that another machine owns is asked for slowly", () => {
  const refused = {
    kind: "refused",
    status: 403,
    code: "HERD_NODE_KEY_MISMATCH",
    message: "",
    field: undefined,
    hint: undefined,
  } as const;
  expect(beatDelay(situation({ delivery: refused, failures: 1 }))).toBe(15_000);
});
