import { describe, expect, it } from "vitest";
import { foundIn, GIB, PLAIN_SETTINGS } from "../testing/traffic-fixtures.ts";
import { pinCannotFit } from "./pin-cannot-fit.ts";

describe("the check pin_cannot_fit", () => {
  it("finds more pinned than fits", () => {
    expect(
      foundIn(pinCannotFit, {
        machines: [{ models: { "a:70b": { sizeBytes: 20 * GIB }, "b:70b": { sizeBytes: 20 * GIB } } }],
        traffic: {
          pins: [
            { model: "a:70b", nodeId: "node-1" },
            { model: "b:70b", nodeId: "node-1" },
          ],
        },
      }),
    ).toMatchObject([
      { severity: "warning", nodeId: "node-1", details: { pinned_gb: 40, limit_gb: 25.6, total_gb: 32 } },
    ]);
  });

  it("goes by the memory of the graphics cards where there are some", () => {
    const found = (vramGb: number) =>
      foundIn(pinCannotFit, {
        machines: [
          {
            models: { "a:70b": { sizeBytes: 20 * GIB } },
            snapshot: { gpus: [{ name: "card", vram_total_gb: vramGb, vram_used_gb: 0 }] as never },
          },
        ],
        traffic: { pins: [{ model: "a:70b", nodeId: "node-1" }], settings: PLAIN_SETTINGS },
      });
    expect(found(16)).toMatchObject([
      {
        details: { pinned_gb: 20, limit_gb: 15.2, total_gb: 16, by: "gpu_memory" },
        command: expect.stringContaining(`-d '{"node_id":"node-1","model":"a:70b","pinned":false}'`),
      },
    ]);
    // Enough of it; a chip without memory of its own; one memory that is told twice.
    expect([found(24), found(0.5), found(32)]).toEqual([[], [], []]);
  });

  it("stays silent when they fit, and when they are pinned to different nodes", () => {
    expect(
      foundIn(pinCannotFit, {
        machines: [{ models: { "a:70b": { sizeBytes: 20 * GIB } } }],
        traffic: { pins: [{ model: "a:70b", nodeId: "node-1" }] },
      }),
    ).toEqual([]);
    expect(
      foundIn(pinCannotFit, {
        machines: [
          { models: { "a:70b": { sizeBytes: 20 * GIB } } },
          { id: "node-2", models: { "b:70b": { sizeBytes: 20 * GIB } } },
        ],
        traffic: {
          pins: [
            { model: "a:70b", nodeId: "node-1" },
            { model: "b:70b", nodeId: "node-2" },
          ],
        },
      }),
    ).toEqual([]);
  });
});
