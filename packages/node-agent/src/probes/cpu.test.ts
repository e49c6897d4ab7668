import fc from "fast-check";
import { expect, test } from "vitest";
import { createCpuProbe, parseProcStat, utilizationBetween } from "./cpu.ts";

test("the first reading is 0, later ones are the share since the previous reading", async () => {
  const times = [
    { busy: 100, total: 1000 },
    { busy: 150, total: 1100 },
    { busy: 150, total: 1200 },
  ];
  const probe = createCpuProbe({
    physicalCores: () => 6,
    readTimes: async () => times.shift() ?? { busy: 0, total: 0 },
  });
  expect(await probe()).toEqual({ cores_physical: 6, utilization_pct: 0 });
  expect(await probe()).toEqual({ cores_physical: 6, utilization_pct: 50 });
  expect(await probe()).toEqual({ cores_physical: 6, utilization_pct: 0 });
});

test("waiting for the disk counts as idle", () => {
  expect(parseProcStat("cpu  10 0 20 60 10 0 0 0 5 0\ncpu0 1 1 1 1")).toEqual({ busy: 30, total: 100 });
});

test("the share stays between 0 and 100 whatever the counters do", () => {
  const times = fc.record({ busy: fc.nat(), total: fc.nat() });
  fc.assert(
    fc.property(times, times, (earlier, later) => {
      const share = utilizationBetween(earlier, later);
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(100);
    }),
  );
});

test("this machine tells", async () => {
  const probe = createCpuProbe({ physicalCores: () => undefined });
  const reading = await probe();
  expect(reading?.cores_physical).toBeGreaterThan(0);
});
