import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { samplesOver } from "../testing/make-samples.ts";
import { swapUsage } from "./swap-usage.ts";

const swap = (swap_used_gb: number, before = swap_used_gb) => ({
  nodes: [
    {
      heartbeat: {
        memory: {
          total_gb: 32,
          used_gb: 30,
          available_gb: 2,
          pressure: "normal" as const,
          wired_gb: 0,
          compressed_gb: 0,
          swap_used_gb,
        },
      },
      facts: { samples: samplesOver(300, { swapUsedGb: before }) },
    },
  ],
});

describe("the check swap_usage", () => {
  it("finds a machine with much in swap, and one whose swap grows", () => {
    expect(foundBy(swapUsage, swap(9))).toMatchObject([
      { severity: "warning", details: { swap_used_gb: 9, grown_gb: 0 } },
    ]);
    expect(foundBy(swapUsage, swap(3, 1.5))).toMatchObject([{ severity: "warning", details: { grown_gb: 1.5 } }]);
  });

  it("stays silent for a little that has lain there for long, and where no swap is told", () => {
    expect(foundBy(swapUsage, swap(3))).toEqual([]);
    expect(foundBy(swapUsage)).toEqual([]);
  });
});
