import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { samplesOver } from "../testing/make-samples.ts";
import { cpuSaturation } from "./cpu-saturation.ts";

const over = (seconds: number, each: Parameters<typeof samplesOver>[1]) => ({
  nodes: [{ facts: { samples: samplesOver(seconds, each) } }],
});

describe("the check cpu_saturation", () => {
  it("finds a processor that others have kept busy for minutes", () => {
    expect(foundBy(cpuSaturation, over(200, { cpuPct: 97 }))).toMatchObject([
      { severity: "warning", details: { utilization_pct: 97, window_s: 180 } },
    ]);
  });

  it("stays silent for a minute of it, for less than 90 %, and while own requests run", () => {
    expect(foundBy(cpuSaturation, over(60, { cpuPct: 97 }))).toEqual([]);
    expect(foundBy(cpuSaturation, over(200, { cpuPct: 89 }))).toEqual([]);
    expect(foundBy(cpuSaturation, over(200, { cpuPct: 97, inFlight: 1 }))).toEqual([]);
  });
});
