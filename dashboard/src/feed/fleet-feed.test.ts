import { describe, expect, test } from "vitest";
import { sampleStatus } from "../testing/sample-views.ts";
import { delayBeforeNext, startFleetFeed } from "./fleet-feed.ts";
import type { Answer } from "./fleet-knowledge.ts";

const good: Answer = { kind: "status", status: sampleStatus() };
const bad: Answer = { kind: "failure", reason: "no connection" };

/** A feed whose questions are answered, and whose waits end, when the test says so. */
function startByHand() {
  const asked: ((answer: Answer) => void)[] = [];
  const waits: { run: () => void; delayMs: number; isCancelled: boolean }[] = [];
  const feed = startFleetFeed({
    ask: () => new Promise((resolve) => asked.push(resolve)),
    clock: () => 1_000,
    schedule: (run, delayMs) => {
      const wait = { run, delayMs, isCancelled: false };
      waits.push(wait);
      return () => {
        wait.isCancelled = true;
      };
    },
    isWatched: () => true,
  });
  const answer = async (value: Answer) => {
    asked.at(-1)?.(value);
    await Promise.resolve();
  };
  return { feed, asked, waits, answer };
}

describe("the feed", () => {
  test("asks at once and again after every answer", async () => {
    const { feed, asked, waits, answer } = startByHand();
    expect(asked).toHaveLength(1);
    await answer(good);
    expect(feed.knowledge.value.kind).toBe("live");
    expect(waits.map((wait) => wait.delayMs)).toEqual([2_000]);
    waits[0]?.run();
    expect(asked).toHaveLength(2);
  });

  test("waits longer after each failure in a row, and as usual after the first answer", async () => {
    const { waits, answer } = startByHand();
    for (const value of [bad, bad, bad, good, bad]) {
      await answer(value);
      waits.at(-1)?.run();
    }
    expect(waits.map((wait) => wait.delayMs)).toEqual([2_000, 4_000, 8_000, 2_000, 2_000]);
  });

  test("has one question open at a time, however often it is told to ask", async () => {
    const { feed, asked, waits, answer } = startByHand();
    feed.askNow();
    feed.askNow();
    expect(asked).toHaveLength(1);
    await answer(bad);
    feed.askNow();
    expect(asked).toHaveLength(2);
    expect(waits[0]?.isCancelled).toBe(true);
  });

  test("learns nothing once it is stopped", async () => {
    const { feed, waits, answer } = startByHand();
    feed.stop();
    await answer(good);
    expect(feed.knowledge.value.kind).toBe("asking");
    expect(waits).toHaveLength(0);
  });
});

describe("the delay before the next question", () => {
  test("never exceeds half a minute", () => {
    expect(delayBeforeNext(50, true)).toBe(30_000);
    expect(delayBeforeNext(50, false)).toBe(30_000);
  });

  test("is longer while nobody watches", () => {
    expect(delayBeforeNext(0, false)).toBeGreaterThan(delayBeforeNext(0, true));
  });
});
