import { describe, expect, it } from "vitest";
import { foundIn, rowsOf } from "../testing/traffic-fixtures.ts";
import { modelLoadFailed } from "./model-load-failed.ts";

describe("the check model_load_failed", () => {
  it("finds a model that a node cannot load", () => {
    expect(
      foundIn(modelLoadFailed, {
        traffic: { ends: rowsOf(2, { status: "failed", errorClass: "load-failure", error: "out of memory" }) },
      }),
    ).toMatchObject([
      {
        severity: "warning",
        nodeId: "node-1",
        subject: "m:latest",
        command: "herd rm m:latest --node node-1",
        details: { failed_24h: 2, reason: "out of memory" },
      },
    ]);
  });

  it("stays silent for a single failed load, and for other failures", () => {
    expect(
      foundIn(modelLoadFailed, { traffic: { ends: rowsOf(1, { status: "failed", errorClass: "load-failure" }) } }),
    ).toEqual([]);
    expect(
      foundIn(modelLoadFailed, { traffic: { ends: rowsOf(5, { status: "failed", errorClass: "node-fault" }) } }),
    ).toEqual([]);
  });
});
