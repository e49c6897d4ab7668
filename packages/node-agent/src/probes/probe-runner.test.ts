import { afterEach, expect, test } from "vitest";
import { type ProbeRunner, runProbes } from "./probe-runner.ts";

interface Readings {
  readonly quick: number;
  readonly slow: string;
}
let runner: ProbeRunner<Readings> | undefined;
afterEach(() => runner?.close());

const never = () => new Promise<never>(() => undefined);

test("a probe that never ends holds up no other and gives no reading", async () => {
  let count = 0;
  const failures: string[] = [];
  runner = runProbes<Readings>(
    { quick: { probe: async () => ++count, everyMs: 1 }, slow: { probe: never, everyMs: 1 } },
    { onFailure: (name) => failures.push(name), timeoutMs: 20 },
  );
  await expect.poll(() => runner?.latest().quick).toBeGreaterThan(3);
  await expect.poll(() => failures).toEqual(["slow"]);
  expect(runner.latest()).not.toHaveProperty("slow");
});

test("a reading goes when its probe fails, the failure is told once, and the reading comes back", async () => {
  let isBroken = false;
  const failures: unknown[] = [];
  const slow = async () => {
    if (isBroken) throw new Error("no sensor");
    return "read";
  };
  runner = runProbes<Readings>(
    { quick: { probe: async () => undefined, everyMs: 1000 }, slow: { probe: slow, everyMs: 1 } },
    { onFailure: (name, error) => failures.push([name, String(error)]) },
  );
  await expect.poll(() => runner?.latest().slow).toBe("read");
  isBroken = true;
  await expect.poll(() => runner?.latest().slow).toBeUndefined();
  isBroken = false;
  await expect.poll(() => runner?.latest().slow).toBe("read");
  expect(failures).toEqual([["slow", "Error: no sensor"]]);
});

test("after closing nothing is measured any more", async () => {
  let count = 0;
  runner = runProbes<Readings>(
    { quick: { probe: async () => ++count, everyMs: 1 }, slow: { probe: never, everyMs: 1 } },
    { onFailure: () => undefined },
  );
  await expect.poll(() => count).toBeGreaterThan(0);
  runner.close();
  const atClose = count;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(count).toBe(atClose);
});
