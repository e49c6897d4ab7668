import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { samplesOver } from "../testing/make-samples.ts";
import { deviceHeat } from "./device-heat.ts";

const over = (seconds: number, each: Parameters<typeof samplesOver>[1]) => ({
  nodes: [{ facts: { samples: samplesOver(seconds, each) } }],
});

describe("the check device_heat", () => {
  it("finds a machine that stays hot, and one that throttles", () => {
    expect(foundBy(deviceHeat, over(90, { hottestC: 88 }))).toMatchObject([
      { severity: "warning", details: { temperature_c: 88, is_throttling: false } },
    ]);
    expect(foundBy(deviceHeat, over(90, { isThrottling: true }))).toMatchObject([
      { severity: "warning", details: { temperature_c: null, is_throttling: true } },
    ]);
    expect(foundBy(deviceHeat, over(90, { hottestC: 96 }))).toMatchObject([{ severity: "critical" }]);
  });

  it("stays silent for a short peak, for warm machines, and for those that tell no temperature", () => {
    const peak = [...samplesOver(90, { hottestC: 60 })];
    const last = peak.at(-1);
    if (last !== undefined) peak[peak.length - 1] = { ...last, hottestC: 99 };
    expect(foundBy(deviceHeat, { nodes: [{ facts: { samples: peak } }] })).toEqual([]);
    expect(foundBy(deviceHeat, over(20, { hottestC: 99 }))).toEqual([]);
    expect(foundBy(deviceHeat, over(90, { hottestC: 80 }))).toEqual([]);
    expect(foundBy(deviceHeat, over(90, {}))).toEqual([]);
  });
});
