import { describe, expect, it } from "vitest";
import type { EndedRow } from "../facts/request-facts.ts";
import { NOW } from "../testing/make-facts.ts";
import { foundIn, rowOf, rowsOf } from "../testing/traffic-fixtures.ts";
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
        command: "herd explain r-1",
        details: { failed_24h: 2, reason: "out of memory" },
      },
    ]);
  });

  it("takes the model off the node only where another one has it, and is over once the node has served it", () => {
    const ends = rowsOf(2, { status: "failed", errorClass: "load-failure" });
    const models = { "m:latest": {} };
    const found = (newest: readonly EndedRow[]) =>
      foundIn(modelLoadFailed, { machines: [{ models }, { id: "node-2", models }], traffic: { ends, newest } });
    expect(found(ends)).toMatchObject([{ severity: "warning", command: "herd rm m:latest --node node-1" }]);
    expect(found([rowOf({ at: NOW }), ...ends])).toMatchObject([{ severity: "info", isResolved: true }]);
    expect(found([rowOf({ at: NOW, nodeId: "node-2" }), ...ends])).toMatchObject([{ severity: "warning" }]);
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
