import { expect, test } from "vitest";
import { noticeDamage } from "./notice-damage.ts";
import type { Ask } from "./questions.ts";
import { unreadable } from "./reading/reading-error.ts";

test.each([
  ["SQLITE_CORRUPT", 1],
  ["SQLITE_NOTADB", 1],
  ["SQLITE_BUSY", 0],
] as const)("a question that fails with %s still fails, and is told %i times", async (code, times) => {
  let told = 0;
  const error = unreadable(Object.assign(new Error("no"), { code }));
  const ask = noticeDamage((() => Promise.reject(error)) as unknown as Ask, () => {
    told += 1;
  });
  await expect(ask("recent", { limit: 1 })).rejects.toBe(error);
  expect(told).toBe(times);
});

test("an answer passes", async () => {
  const ask = noticeDamage((() => Promise.resolve([])) as unknown as Ask, () => expect.unreachable());
  expect(await ask("recent", { limit: 1 })).toEqual([]);
});
