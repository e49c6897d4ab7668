import { expect, test } from "vitest";
import { createManualClock } from "../../storage/testing/manual-clock.ts";
import type { Ask } from "../questions.ts";
import { shareAnswers } from "./share-answers.ts";

function sharing() {
  const clock = createManualClock();
  let [asked, fails] = [0, false];
  const ask = (() => {
    asked += 1;
    return fails ? Promise.reject(new Error("locked")) : Promise.resolve(asked);
  }) as unknown as Ask;
  const shared = shareAnswers({ ask, schedule: clock.schedule, keepMs: 100 });
  return {
    clock,
    overview: (now: number) => shared("overview", { now }) as Promise<unknown>,
    fail: (does: boolean) => {
      fails = does;
    },
  };
}

test("the same question gets the same answer for a while, another its own", async () => {
  const { overview, clock } = sharing();
  expect(await Promise.all([overview(1), overview(1), overview(2)])).toEqual([1, 1, 2]);
  clock.advance(99);
  expect(await overview(1)).toBe(1);
  clock.advance(1);
  expect(await overview(1)).toBe(3);
});

test("an answer is not kept when nobody asks any more", async () => {
  const { overview, clock } = sharing();
  await overview(1);
  expect(clock.timers()).toBe(1);
  clock.advance(100);
  expect(clock.timers()).toBe(0);
});

test("an error is not kept", async () => {
  const { overview, fail, clock } = sharing();
  fail(true);
  await expect(overview(1)).rejects.toThrow("locked");
  fail(false);
  expect(await overview(1)).toBe(2);
  expect(clock.timers()).toBe(1);
});
