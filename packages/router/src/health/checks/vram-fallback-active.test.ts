import { describe, expect, it } from "vitest";
import { foundIn, rowsOf, useOf } from "../testing/traffic-fixtures.ts";
import { vramFallbackActive } from "./vram-fallback-active.ts";

describe("the check vram_fallback_active", () => {
  it("tells which models were asked for and not served", () => {
    expect(
      foundIn(vramFallbackActive, {
        traffic: {
          uses: [useOf({ requests: 5, fallbacks: 2 })],
          newest: rowsOf(2, { isFallback: true, askedModel: "big:32b" }),
        },
      }),
    ).toMatchObject([
      {
        severity: "info",
        isResolved: false,
        command: "herd pull big:32b",
        details: { total_fallbacks: 2, top_requested: { "big:32b": 2 } },
      },
    ]);
  });

  it("stays silent without any", () => {
    expect(foundIn(vramFallbackActive, { traffic: { uses: [useOf({ requests: 5 })] } })).toEqual([]);
  });
});
