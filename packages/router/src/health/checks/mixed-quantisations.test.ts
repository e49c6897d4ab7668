import { describe, expect, it } from "vitest";
import { foundIn } from "../testing/traffic-fixtures.ts";
import { mixedQuantisations } from "./mixed-quantisations.ts";

describe("the check mixed_quantisations", () => {
  it("finds one model in two quantisations on different nodes", () => {
    expect(
      foundIn(mixedQuantisations, {
        machines: [
          { models: { "q:8b": { facts: { parameterSize: "8B", quantization: "Q4_K_M" } } } },
          { id: "node-2", models: { "q:8b-q8_0": { facts: { parameterSize: "8B", quantization: "Q8_0" } } } },
        ],
      }),
    ).toMatchObject([
      {
        severity: "info",
        command: "herd pull q:8b --node node-2",
        details: { models: ["q:8b", "q:8b-q8_0"], quantisations: { Q4_K_M: ["node-1"], Q8_0: ["node-2"] } },
      },
    ]);
  });

  it("stays silent for other sizes, for one name, and when a node keeps both on purpose", () => {
    expect(
      foundIn(mixedQuantisations, {
        machines: [
          { models: { "q:8b": { facts: { parameterSize: "8B", quantization: "Q4_K_M" } } } },
          { id: "node-2", models: { "q:32b": { facts: { parameterSize: "32B", quantization: "Q8_0" } } } },
        ],
      }),
    ).toEqual([]);
    expect(
      foundIn(mixedQuantisations, {
        machines: [
          { models: { "q:8b": { facts: { parameterSize: "8B", quantization: "Q4_K_M" } } } },
          { id: "node-2", models: { "q:8b": { facts: { parameterSize: "8B", quantization: "Q4_K_M" } } } },
        ],
      }),
    ).toEqual([]);
    expect(
      foundIn(mixedQuantisations, {
        machines: [
          {
            models: {
              "q:8b": { facts: { parameterSize: "8B", quantization: "Q4_K_M" } },
              "q:8b-q8_0": { facts: { parameterSize: "8B", quantization: "Q8_0" } },
            },
          },
        ],
      }),
    ).toEqual([]);
  });
});
