import { afterEach, expect, test } from "vitest";
import type { Delivery } from "./delivery.ts";
import { type BeatFailures, type HeartbeatLoop, startHeartbeats } from "./heartbeat-loop.ts";

let loop: HeartbeatLoop | undefined;
afterEach(() => loop?.stop());

const accepted: Delivery = { kind: "accepted", reply: { status: "ok" }, isLegacy: false };
const failed: Delivery = { kind: "failed", reason: "away" };

function run(
  periodMs: number,
  answer: (count: number) => Delivery,
  onDelivery: (delivery: Delivery) => void = () => undefined,
) {
  const beats: BeatFailures[] = [];
  loop = startHeartbeats({
    periodMs,
    onDelivery,
    monotonic: () => performance.now(),
    random: () => 0.999,
    beat: async (failures) => {
      beats.push(failures);
      return answer(beats.length);
    },
  });
  return { loop, beats };
}

test("the first heartbeat goes out at once, further ones by themselves", async () => {
  const { loop: started, beats } = run(10, () => accepted);
  await started.firstAccepted;
  await expect.poll(() => beats.length).toBeGreaterThan(3);
});

test("failures are counted since the last success and in all, and go along with the next heartbeat", async () => {
  const { beats } = run(1, (count) => (count === 1 || count === 3 ? accepted : failed));
  await expect.poll(() => beats.length, { timeout: 10_000 }).toBeGreaterThan(4);
  expect(beats.slice(0, 5)).toEqual([
    { sinceLast: 0, total: 0 },
    { sinceLast: 0, total: 0 },
    { sinceLast: 1, total: 1 },
    { sinceLast: 0, total: 1 },
    { sinceLast: 1, total: 2 },
  ]);
});

test("a heartbeat can be sent before its time, also when asked for while one is under way", async () => {
  const { loop: started, beats } = run(
    3_600_000,
    () => accepted,
    () => {
      if (beats.length === 1) started.beatNow();
    },
  );
  await expect.poll(() => beats.length).toBe(2);
  started.beatNow();
  await expect.poll(() => beats.length).toBe(3);
});

test("after stopping no heartbeat goes out", async () => {
  const { loop: started, beats } = run(5, () => accepted);
  await started.firstAccepted;
  await started.stop();
  const atStop = beats.length;
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(beats.length).toBe(atStop);
});
