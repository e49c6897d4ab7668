import { afterEach, expect, test } from "vitest";
import { measureMachine } from "./machine-readings.ts";

let close: (() => void) | undefined;
afterEach(() => close?.());

test("every probe of this machine runs without failing, and tells at least processor, memory and disk", async () => {
  const failures: unknown[] = [];
  const runner = measureMachine({
    beatEveryMs: 20,
    modelsFolder: () => "/",
    onFailure: (probe, error) => failures.push([probe, error]),
  });
  close = runner.close;
  const told = () => Object.keys(runner.latest());
  await expect
    .poll(told, { timeout: 15_000 })
    .toEqual(expect.arrayContaining(["cpu", "memory", "hardware", "disk", "modelsDisk"]));
  await expect
    .poll(() => runner.latest().cpu?.cores_physical, { timeout: 5_000 })
    .toBe(runner.latest().hardware?.physicalCores);
  expect(failures).toEqual([]);
});
