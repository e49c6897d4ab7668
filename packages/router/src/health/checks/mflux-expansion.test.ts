import { describe, expect, it } from "vitest";
import { foundIn, useOf } from "../testing/traffic-fixtures.ts";
import { mfluxExpansion } from "./mflux-expansion.ts";

describe("the check mflux_expansion", () => {
  it("finds a machine with room that has no model for it", () => {
    expect(
      foundIn(mfluxExpansion, {
        machines: [{ models: { "m:latest": {} } }, { id: "node-2" }],
        traffic: { uses: [useOf({ requests: 3 }, { kind: "image" })] },
      }),
    ).toMatchObject([
      {
        severity: "info",
        command: "herd pull m:latest --node node-2",
        details: { total: 3, nodes: ["node-2"], model: "m:latest" },
      },
    ]);
  });

  it("stays silent for two, when every machine has it, and when the other one is full", () => {
    expect(
      foundIn(mfluxExpansion, {
        machines: [{ models: { "m:latest": {} } }, { id: "node-2" }],
        traffic: { uses: [useOf({ requests: 2 }, { kind: "image" })] },
      }),
    ).toEqual([]);
    expect(
      foundIn(mfluxExpansion, {
        machines: [{ models: { "m:latest": {} } }, { id: "node-2", models: { "m:latest": {} } }],
        traffic: { uses: [useOf({ requests: 3 }, { kind: "image" })] },
      }),
    ).toEqual([]);
    expect(
      foundIn(mfluxExpansion, {
        machines: [
          { models: { "m:latest": {} } },
          {
            id: "node-2",
            snapshot: {
              memory: { total_gb: 16, used_gb: 13, available_gb: 3, pressure: "normal", wired_gb: 0, compressed_gb: 0 },
            },
          },
        ],
        traffic: { uses: [useOf({ requests: 3 }, { kind: "image" })] },
      }),
    ).toEqual([]);
  });
});
