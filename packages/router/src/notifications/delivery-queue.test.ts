import { describe, expect, it } from "vitest";
import { DeliveryQueue } from "./delivery-queue.ts";
import type { Notice } from "./notice.ts";

const notice = (at: number): Notice => ({ at, router: "den", items: [], isTest: false });
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

/** A queue whose deliveries succeed or fail as the script says, and whose pauses end when they are told to. */
function scriptedQueue(pausesMs: readonly number[], script: readonly ("ok" | "fail")[]) {
  const tried: number[] = [];
  const lost: number[] = [];
  const pauses: { ms: number; run: () => void }[] = [];
  const queue = new DeliveryQueue({
    deliver: async ({ at }) => {
      tried.push(at);
      if (script[tried.length - 1] === "fail") throw new Error("refused");
    },
    pausesMs,
    schedule: (run, ms) => {
      pauses.push({ ms, run });
      return () => void pauses.splice(0);
    },
    onLost: ({ at }) => lost.push(at),
  });
  return {
    queue,
    tried,
    lost,
    pauses,
    endPause: async () => {
      pauses.shift()?.run();
      await settled();
    },
  };
}

describe("the queue of notices", () => {
  it("delivers one after another", async () => {
    const { queue, tried } = scriptedQueue([], []);
    queue.add(notice(1));
    queue.add(notice(2));
    await settled();
    expect(tried).toEqual([1, 2]);
    expect(queue.state()).toEqual({ failuresInRow: 0, reason: undefined, lost: 0, waiting: 0 });
  });

  it("tries again after growing pauses, keeps the order, and is well again after one that worked", async () => {
    const { queue, tried, pauses, endPause } = scriptedQueue([10, 100], ["fail", "fail", "ok", "ok"]);
    queue.add(notice(1));
    queue.add(notice(2));
    await settled();
    expect(pauses.map(({ ms }) => ms)).toEqual([10]);
    await endPause();
    expect(pauses.map(({ ms }) => ms)).toEqual([100]);
    expect(queue.state()).toMatchObject({ failuresInRow: 2, reason: "refused", waiting: 2 });
    await endPause();
    expect(tried).toEqual([1, 1, 1, 2]);
    expect(queue.state()).toMatchObject({ failuresInRow: 0, lost: 0 });
  });

  it("gives a notice up after the last pause and goes on with the next", async () => {
    const { queue, tried, lost, endPause } = scriptedQueue([10], ["fail", "fail", "ok"]);
    queue.add(notice(1));
    queue.add(notice(2));
    await settled();
    await endPause();
    expect(tried).toEqual([1, 1, 2]);
    expect(lost).toEqual([1]);
  });

  it("keeps no more than fifty, and gives up the oldest that is not on its way", async () => {
    const { queue, lost } = scriptedQueue([10], ["fail"]);
    queue.add(notice(0));
    for (let at = 1; at <= 60; at += 1) queue.add(notice(at));
    expect(queue.state().waiting).toBe(50);
    expect(lost).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    await settled();
  });

  it("delivers nothing once it is closed", async () => {
    const { queue, tried, pauses } = scriptedQueue([10], ["fail"]);
    queue.add(notice(1));
    await settled();
    queue.close();
    queue.add(notice(2));
    await settled();
    expect([tried, pauses]).toEqual([[1], []]);
  });
});
