import { describe, expect, it } from "vitest";
import { NOW } from "../testing/make-facts.ts";
import { samplesOver } from "../testing/make-samples.ts";
import { nodeSampleOf, samplesSince, withSample } from "./node-samples.ts";

const sample = (at: number) => ({ ...samplesOver(0)[0], at }) as ReturnType<typeof nodeSampleOf>;

describe("what is remembered of a machine's load", () => {
  it("is a sample every ten seconds for ten minutes, and no more", () => {
    let kept: readonly ReturnType<typeof nodeSampleOf>[] = [];
    for (let at = 0; at < 3_600_000; at += 1_000) kept = withSample(kept, sample(NOW + at));
    expect(kept.length).toBeLessThanOrEqual(61);
    expect((kept.at(-1)?.at ?? 0) - (kept[0]?.at ?? 0)).toBeGreaterThan(590_000);
  });

  it("covers a time only when it began with it", () => {
    expect(samplesSince(samplesOver(60), NOW - 60_000)).toHaveLength(7);
    expect(samplesSince(samplesOver(20), NOW - 60_000)).toEqual([]);
    expect(samplesSince(undefined, NOW)).toEqual([]);
  });

  it("takes the hottest of all sensors", () => {
    const cpu = { cores_physical: 8, utilization_pct: 50 };
    const memory = {
      total_gb: 1,
      used_gb: 1,
      available_gb: 0,
      pressure: "normal" as const,
      wired_gb: 0,
      compressed_gb: 0,
    };
    const made = (celsius: number | null, gpu?: number) =>
      nodeSampleOf({
        at: NOW,
        inFlight: 0,
        cpu,
        memory,
        gpus: [{ name: "g", vram_total_gb: 0, ...(gpu === undefined ? {} : { temperature_c: gpu }) }],
        thermal: { state: "warning", temperature_c: celsius, source: "" },
      });
    expect(made(70, 90)).toMatchObject({ hottestC: 90, isThrottling: true, cpuPct: 50 });
    expect(made(null).hottestC).toBeUndefined();
  });
});
