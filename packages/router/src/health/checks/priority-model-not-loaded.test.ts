import { describe, expect, it } from "vitest";
import { foundIn, useOf } from "../testing/traffic-fixtures.ts";
import { priorityModelNotLoaded } from "./priority-model-not-loaded.ts";

describe("the check priority_model_not_loaded", () => {
  it("finds a much used model that clients wait for now", () => {
    expect(
      foundIn(priorityModelNotLoaded, {
        machines: [{ models: { "m:latest": {} } }],
        traffic: { uses: [useOf({ requests: 9 })] },
      }),
    ).toMatchObject([
      { severity: "warning", details: { missing_models: [{ model: "m:latest", priority_score: 27 }] } },
    ]);
  });

  it("takes one that was used earlier for information", () => {
    expect(
      foundIn(priorityModelNotLoaded, {
        machines: [{ models: { "m:latest": {} } }],
        traffic: { uses: [useOf({ requests: 9 }, { recent: {} })] },
      }),
    ).toMatchObject([{ severity: "info" }]);
  });

  it("stays silent for little use, for a model in memory anywhere, and for one that is on no disk", () => {
    expect(
      foundIn(priorityModelNotLoaded, {
        machines: [{ models: { "m:latest": {} } }],
        traffic: { uses: [useOf({ requests: 3 })] },
      }),
    ).toEqual([]);
    expect(
      foundIn(priorityModelNotLoaded, {
        machines: [{ models: { "m:latest": {} } }, { id: "node-2", models: { "m:latest": { loaded: {} } } }],
        traffic: { uses: [useOf({ requests: 9 })] },
      }),
    ).toEqual([]);
    expect(foundIn(priorityModelNotLoaded, { traffic: { uses: [useOf({ requests: 9 })] } })).toEqual([]);
  });
});
