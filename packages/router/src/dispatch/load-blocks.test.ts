import { expect, test } from "vitest";
import { LoadBlocks } from "./load-blocks.ts";

/** How long a lane is blocked from `now` on, in s. */
function blockedFor(blocks: LoadBlocks, now: number): number {
  let seconds = 0;
  while (blocks.isBlocked("a:m", now + seconds * 1000)) seconds += 1;
  return seconds;
}

test("a model that could not be loaded is left alone there for a while, longer each time, at most ten minutes", () => {
  const blocks = new LoadBlocks();
  let now = 0;
  const lengths = [1, 2, 3, 4, 5, 6, 7].map(() => {
    blocks.failed("a:m", now);
    const length = blockedFor(blocks, now);
    now += length * 1000;
    return length;
  });
  expect(lengths).toEqual([30, 60, 120, 240, 480, 600, 600]);
});

test("it says nothing about other models of the node or the model elsewhere", () => {
  const blocks = new LoadBlocks();
  blocks.failed("a:m", 0);
  expect([blocks.isBlocked("a:n", 1), blocks.isBlocked("b:m", 1)]).toEqual([false, false]);
});

test("a success forgets it all", () => {
  const blocks = new LoadBlocks();
  blocks.failed("a:m", 0);
  blocks.failed("a:m", 0);
  blocks.succeeded("a:m");
  expect(blocks.isBlocked("a:m", 1)).toBe(false);
  blocks.failed("a:m", 0);
  expect(blockedFor(blocks, 0)).toBe(30);
});
