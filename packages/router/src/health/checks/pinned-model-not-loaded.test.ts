import { describe, expect, it } from "vitest";
import { foundIn, PLAIN_SETTINGS } from "../testing/traffic-fixtures.ts";
import { pinnedModelNotLoaded } from "./pinned-model-not-loaded.ts";

describe("the check pinned_model_not_loaded", () => {
  it("finds a pinned model that is only on disk, and one that is not even there", () => {
    expect(
      foundIn(pinnedModelNotLoaded, {
        machines: [{ models: { "m:latest": {} } }],
        traffic: {
          settings: PLAIN_SETTINGS,
          pins: [
            { model: "m", nodeId: "node-1" },
            { model: "n", nodeId: undefined },
          ],
        },
      }),
    ).toMatchObject([
      {
        severity: "warning",
        nodeId: "node-1",
        subject: "m",
        command: `curl -s http://localhost:11435/api/generate -H 'Content-Type: application/json' -d '{"model":"m"}'`,
      },
      { severity: "warning", subject: "n", command: "herd pull n" },
    ]);
  });

  it("stays silent when it is in memory, and for a machine that is off", () => {
    expect(
      foundIn(pinnedModelNotLoaded, {
        machines: [{ models: { "m:latest": { loaded: {} } } }],
        traffic: { pins: [{ model: "m", nodeId: "node-1" }] },
      }),
    ).toEqual([]);
    expect(
      foundIn(pinnedModelNotLoaded, {
        machines: [{}, { id: "off", snapshot: { status: "offline" } }],
        traffic: { pins: [{ model: "m", nodeId: "off" }] },
      }),
    ).toEqual([]);
  });
});
