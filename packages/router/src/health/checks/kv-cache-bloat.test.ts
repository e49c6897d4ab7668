import { describe, expect, it } from "vitest";
import { foundIn, GIB, PLAIN_SETTINGS } from "../testing/traffic-fixtures.ts";
import { kvCacheBloat } from "./kv-cache-bloat.ts";

describe("the check kv_cache_bloat", () => {
  it("finds a model that takes far more memory than its weights", () => {
    expect(
      foundIn(kvCacheBloat, {
        machines: [{ models: { "m:latest": { loaded: { sizeBytes: 12 * GIB, contextLength: 131_072 } } } }],
        traffic: { settings: PLAIN_SETTINGS },
      }),
    ).toMatchObject([
      {
        severity: "warning",
        nodeId: "node-1",
        details: {
          total_vram_gb: 12,
          estimated_weights_gb: 4,
          kv_cache_gb: 8,
          kv_cache_pct: 66.7,
          bloated_models: [
            { name: "m:latest", vram_gb: 12, expected_gb: 4, overhead_pct: 200, context_length: 131_072 },
          ],
        },
      },
    ]);
  });

  it("is critical only when memory is short", () => {
    expect(
      foundIn(kvCacheBloat, {
        machines: [
          {
            models: { "m:latest": { loaded: { sizeBytes: 12 * GIB } } },
            snapshot: {
              memory: { total_gb: 16, used_gb: 15, available_gb: 1, pressure: "warn", wired_gb: 0, compressed_gb: 0 },
            },
          },
        ],
      }),
    ).toMatchObject([{ severity: "critical" }]);
  });

  it("stays silent for a small model in 16 bits, for a usual cache, and for weights of unknown size", () => {
    expect(
      foundIn(kvCacheBloat, {
        machines: [
          {
            models: {
              "nomic-embed-text:latest": {
                sizeBytes: 0.26 * GIB,
                facts: { parameterSize: "137M", quantization: "F16" },
                loaded: { sizeBytes: 0.6 * GIB },
              },
            },
          },
        ],
      }),
    ).toEqual([]);
    expect(
      foundIn(kvCacheBloat, { machines: [{ models: { "m:latest": { loaded: { sizeBytes: 5.5 * GIB } } } }] }),
    ).toEqual([]);
    expect(
      foundIn(kvCacheBloat, {
        machines: [{ models: { "m:latest": { sizeBytes: undefined, loaded: { sizeBytes: 30 * GIB } } } }],
      }),
    ).toEqual([]);
  });
});
