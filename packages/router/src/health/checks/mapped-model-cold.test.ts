import { describe, expect, it } from "vitest";
import { foundIn, PLAIN_SETTINGS, useOf } from "../testing/traffic-fixtures.ts";
import { mappedModelCold } from "./mapped-model-cold.ts";

describe("the check mapped_model_cold", () => {
  it("finds a model of the map that clients wait for again and again", () => {
    expect(
      foundIn(mappedModelCold, {
        machines: [{ models: { "big:32b": {} } }],
        traffic: {
          settings: { ...PLAIN_SETTINGS, anthropicModelMap: { default: "big:32b" } },
          uses: [useOf({ requests: 9, loads: 3 }, { model: "big:32b" })],
        },
      }),
    ).toMatchObject([{ severity: "warning", subject: "big:32b", details: { not_hot: ["big:32b"], loads_1h: 3 } }]);
  });

  it("takes one that was used today for information", () => {
    expect(
      foundIn(mappedModelCold, {
        machines: [{ models: { "big:32b": {} } }],
        traffic: {
          settings: { ...PLAIN_SETTINGS, anthropicModelMap: { default: "big:32b" } },
          uses: [useOf({ requests: 9 }, { model: "big:32b", recent: {} })],
        },
      }),
    ).toMatchObject([{ severity: "info" }]);
  });

  it("stays silent when it is in memory, and when nobody asked for it", () => {
    expect(
      foundIn(mappedModelCold, {
        machines: [{ models: { "big:32b": { loaded: {} } } }],
        traffic: {
          settings: { ...PLAIN_SETTINGS, anthropicModelMap: { default: "big:32b" } },
          uses: [useOf({ requests: 9, loads: 3 }, { model: "big:32b" })],
        },
      }),
    ).toEqual([]);
    expect(
      foundIn(mappedModelCold, {
        machines: [{ models: { "big:32b": {} } }],
        traffic: { settings: { ...PLAIN_SETTINGS, anthropicModelMap: { default: "big:32b" } } },
      }),
    ).toEqual([]);
  });
});
