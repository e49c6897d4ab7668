import { describe, expect, it } from "vitest";
import { foundIn, GIB } from "../testing/traffic-fixtures.ts";
import { partialGpuOffload } from "./partial-gpu-offload.ts";

describe("the check partial_gpu_offload", () => {
  it("finds a model of which a part lies in main memory", () => {
    expect(
      foundIn(partialGpuOffload, {
        machines: [{ models: { "m:latest": { loaded: { sizeBytes: 10 * GIB, vramBytes: 6 * GIB } } } }],
      }),
    ).toMatchObject([
      {
        severity: "warning",
        nodeId: "node-1",
        subject: "m:latest",
        command: `curl -s http://localhost:11435/api/generate -H 'X-Herd-Node: node-1' -d '{"model":"m:latest","keep_alive":0}'`,
        details: { gpu_pct: 60, size_gb: 10, size_vram_gb: 6 },
      },
    ]);
  });

  it("finds one that does not use the card at all", () => {
    expect(
      foundIn(partialGpuOffload, {
        machines: [
          {
            models: { "m:latest": { loaded: { vramBytes: 0 } } },
            snapshot: { gpus: [{ name: "RTX", vram_total_gb: 24 }] },
          },
        ],
      }),
    ).toMatchObject([{ title: "A model runs without the graphics card" }]);
  });

  it("stays silent without a card, for a chip that shares memory, for a model that lies there as a whole, and where nobody tells", () => {
    expect(
      foundIn(partialGpuOffload, { machines: [{ models: { "m:latest": { loaded: { vramBytes: 0 } } } }] }),
    ).toEqual([]);
    expect(
      foundIn(partialGpuOffload, {
        machines: [
          {
            models: { "m:latest": { loaded: { vramBytes: 0 } } },
            snapshot: { gpus: [{ name: "Iris", vram_total_gb: 0 }] },
          },
        ],
      }),
    ).toEqual([]);
    expect(
      foundIn(partialGpuOffload, {
        machines: [{ models: { "m:latest": { loaded: { sizeBytes: 10 * GIB, vramBytes: 9.9 * GIB } } } }],
      }),
    ).toEqual([]);
    expect(foundIn(partialGpuOffload, { machines: [{ models: { "m:latest": { loaded: {} } } }] })).toEqual([]);
  });
});
