import { describe, expect, it } from "vitest";
import { foundIn, GIB } from "../testing/traffic-fixtures.ts";
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
