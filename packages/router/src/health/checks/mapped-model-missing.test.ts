import { describe, expect, it } from "vitest";
import { foundIn, PLAIN_SETTINGS } from "../testing/traffic-fixtures.ts";
import { mappedModelMissing } from "./mapped-model-missing.ts";

describe("the check mapped_model_missing", () => {
  it("finds a model of the map that no node has", () => {
    expect(
      foundIn(mappedModelMissing, {
        machines: [{ models: { "m:latest": {} } }],
        traffic: { settings: { ...PLAIN_SETTINGS, anthropicModelMap: { default: "big:32b" } } },
      }),
    ).toMatchObject([
      {
        severity: "critical",
        subject: "big:32b",
        command: "herd pull big:32b",
        details: { missing: ["big:32b"], mapped_names: ["default"] },
      },
    ]);
  });

  it("follows aliases, and finds one that only a sleeping machine has", () => {
    expect(
      foundIn(mappedModelMissing, {
        machines: [{}, { id: "off", models: { "big:32b": {} }, snapshot: { status: "offline" } }],
        traffic: {
          settings: { ...PLAIN_SETTINGS, anthropicModelMap: { default: "large" }, modelAliases: { large: "big:32b" } },
        },
      }),
    ).toMatchObject([{ severity: "critical", subject: "big:32b" }]);
  });

  it("stays silent when a node has it under another spelling, for Ollama's cloud, without a map and without a node", () => {
    expect(
      foundIn(mappedModelMissing, {
        machines: [{ models: { "BIG:32b": {} } }],
        traffic: { settings: { ...PLAIN_SETTINGS, anthropicModelMap: { default: "big:32b" } } },
      }),
    ).toEqual([]);
    expect(
      foundIn(mappedModelMissing, {
        traffic: { settings: { ...PLAIN_SETTINGS, anthropicModelMap: { default: "gpt-oss:120b-cloud" } } },
      }),
    ).toEqual([]);
    expect(
      foundIn(mappedModelMissing, {
        machines: [{ models: { "m:latest": {} } }],
        traffic: { settings: { ...PLAIN_SETTINGS, anthropicModelMap: { default: "mlx:m" } } },
      }),
    ).toEqual([]);
    expect(foundIn(mappedModelMissing, { traffic: { settings: PLAIN_SETTINGS } })).toEqual([]);
    expect(
      foundIn(mappedModelMissing, {
        machines: [],
        traffic: { settings: { ...PLAIN_SETTINGS, anthropicModelMap: { default: "big:32b" } } },
      }),
    ).toEqual([]);
  });
});
