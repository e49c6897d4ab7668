import { describe, expect, it } from "vitest";
import { foundIn, rowsOf } from "../testing/traffic-fixtures.ts";
import { unknownModelsAsked } from "./unknown-models-asked.ts";

const GONE = { status: "failed", errorCode: "HERD_MODEL_NOT_FOUND", askedModel: "gone:7b", nodeId: "" } as const;

describe("the check unknown_models_asked", () => {
  it("finds a name that a program goes on asking for, with the line that pulls it", () => {
    expect(foundIn(unknownModelsAsked, { traffic: { ends: rowsOf(10, GONE) } })).toMatchObject([
      { severity: "warning", command: "herd pull gone:7b", details: { unknown_models: { "gone:7b": 10 }, total: 10 } },
    ]);
  });

  it("gives no line for a name that no Ollama accepts", () => {
    expect(
      foundIn(unknownModelsAsked, { traffic: { ends: rowsOf(3, { ...GONE, askedModel: "$(reboot)" }) } }),
    ).toMatchObject([{ severity: "info", command: undefined }]);
  });

  it("stays silent for two, for a model that is back, and for other failures", () => {
    expect(foundIn(unknownModelsAsked, { traffic: { ends: rowsOf(2, GONE) } })).toEqual([]);
    expect(
      foundIn(unknownModelsAsked, { machines: [{ models: { "gone:7b": {} } }], traffic: { ends: rowsOf(9, GONE) } }),
    ).toEqual([]);
    expect(
      foundIn(unknownModelsAsked, { traffic: { ends: rowsOf(9, { ...GONE, errorCode: "HERD_NODE_FAILED" }) } }),
    ).toEqual([]);
  });
});
