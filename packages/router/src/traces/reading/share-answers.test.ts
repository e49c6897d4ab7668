import { expect, test } from "vitest";
import type { Ask } from "../questions.ts";
import { shareAnswers } from "./share-answers.ts";

function sharing() {
  let [asked, time, fails] = [0, 0, false];
  const ask = (() => {
    asked += 1;
    return fails ? Promise.reject(new Error("locked")) : Promise.resolve(asked);
  }) as unknown as Ask;
  const shared = shareAnswers({ ask, now: () => time, keepMs: 100 });
  return {
    overview: (now: number) => shared("overview", { now }) as Promise<unknown>,
    pass: (ms: number) => {
      time += ms;
    },
    fail: (does: boolean) => {
      fails = does;
    },
  };
}

test("the same question gets the same answer for a while, another its own", async () => {
  const { overview, pass } = sharing();
  expect(await Promise.all([overview(1), overview(1), overview(2)])).toEqual([1, 1, 2]);
  pass(99);
  expect(await overview(1)).toBe(1);
  pass(1);
  expect(await overview(1)).toBe(3);
});

test("an error is not kept", async () => {
  const { overview, fail } = sharing();
  fail(true);
  await expect(overview(1)).rejects.toThrow("locked");
  fail(false);
  expect(await overview(1)).toBe(2);
});
