import { describe, expect, it } from "vitest";
import { foundIn, rowsOf, useOf } from "../testing/traffic-fixtures.ts";
import { modelThrashing } from "./model-thrashing.ts";

describe("the check model_thrashing", () => {
  it("finds models that take turns in memory", () => {
    expect(
      foundIn(modelThrashing, {
        traffic: {
          uses: [useOf({ requests: 5, loads: 3 }), useOf({ requests: 5, loads: 3 }, { model: "n:latest" })],
          newest: rowsOf(3, { loadMs: 9000 }),
        },
      }),
    ).toMatchObject([
      {
        severity: "warning",
        nodeId: "node-1",
        traces: ["r-1", "r-2", "r-3"],
        details: { loads_1h: 6, models: ["m:latest", "n:latest"] },
      },
    ]);
  });

  it("finds loads that nobody would have to wait for, and tells them as over when they are", () => {
    expect(
      foundIn(modelThrashing, { traffic: { uses: [useOf({ requests: 9, loads: 3, coldLoads: 3 }, { recent: {} })] } }),
    ).toMatchObject([{ severity: "info", isResolved: true, details: { cold_loads_24h: 3, available_gb: 8 } }]);
  });

  it("names the node that could take one of them over", () => {
    const found = foundIn(modelThrashing, {
      machines: [{ models: { "m:latest": { loaded: {} }, "n:latest": {} } }, { id: "node-2" }],
      traffic: { uses: [useOf({ loads: 3 }), useOf({ loads: 3 }, { model: "n:latest" })] },
    });
    expect(found).toMatchObject([{ command: "herd pull m:latest --node node-2" }]);
  });

  it("stays silent for one model that is loaded after pauses, and for first bytes that a queue held up", () => {
    expect(foundIn(modelThrashing, { traffic: { uses: [useOf({ requests: 9, loads: 6 })] } })).toEqual([]);
    expect(foundIn(modelThrashing, { traffic: { uses: [useOf({ requests: 9, coldLoads: 5 })] } })).toEqual([]);
  });
});
