import { expect, test } from "vitest";
import { runOnce } from "./run-once.ts";

let time = 0;
const order = { name: "x", monotonic: () => time, timeoutMs: 1_000 };

test("a reading comes with the time it took", async () => {
  const probe = async (): Promise<number> => {
    time += 40;
    return 7;
  };
  expect(await runOnce({ ...order, probe })).toEqual({
    reading: 7,
    run: { name: "x", tookMs: 40, outcome: "read", why: "" },
  });
});

test("a machine that does not tell is not one whose probe failed", async () => {
  expect((await runOnce({ ...order, probe: async () => undefined })).run.outcome).toBe("nothing");
});

test("a failure is told with its reason, however it comes", async () => {
  const late = async (): Promise<never> => Promise.reject(new Error("no sensor"));
  const atOnce = (): never => {
    throw new Error("no sensor");
  };
  for (const probe of [late, atOnce]) {
    const { reading, run } = await runOnce<number>({ ...order, probe });
    expect([reading, run.outcome, run.why]).toEqual([undefined, "failed", "no sensor"]);
  }
});

test("a probe that never ends is left behind", async () => {
  const probe = () => new Promise<never>(() => undefined);
  const { run } = await runOnce({ ...order, probe, timeoutMs: 10 });
  expect([run.outcome, run.why]).toEqual(["failed", "no answer within 0.01 s"]);
});
