import { expect, test } from "vitest";
import { createNews } from "./news.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("everybody who listens is told once per turn, however often something changed", async () => {
  const news = createNews();
  const heard: string[] = [];
  news.onNews(() => heard.push("one"));
  news.onNews(() => heard.push("two"));
  news.tell();
  news.tell();
  expect(heard).toEqual([]);
  await turn();
  expect(heard).toEqual(["one", "two"]);
  await turn();
  expect(heard).toHaveLength(2);
  news.tell();
  await turn();
  expect(heard).toHaveLength(4);
});

test("who waits for a change hears of the next one, or is let go when its time is over", async () => {
  const news = createNews();
  let isOver = false;
  const waiting = news.next(60_000).then(() => {
    isOver = true;
  });
  await turn();
  expect(isOver).toBe(false);
  news.tell();
  await waiting;
  await news.next(1);
});

test("what changes while changes are told is told again", async () => {
  const news = createNews();
  let count = 0;
  news.onNews(() => {
    count += 1;
    if (count === 1) news.tell();
  });
  news.tell();
  await turn();
  await turn();
  expect(count).toBe(2);
});
