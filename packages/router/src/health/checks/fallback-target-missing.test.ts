import { describe, expect, it } from "vitest";
import { NOW } from "../testing/make-facts.ts";
import { foundIn } from "../testing/traffic-fixtures.ts";
import { fallbackTargetMissing } from "./fallback-target-missing.ts";

const missing = (model: string, ago = 1000) => ({ model, count: 4, lastAt: NOW - ago, traces: ["r-2", "r-1"] });

describe("the check fallback_target_missing", () => {
  it("finds a fallback that no node has, with how often and by whom it was named", () => {
    expect(foundIn(fallbackTargetMissing, { traffic: { missingFallbacks: [missing("gone:7b")] } })).toMatchObject([
      {
        severity: "warning",
        subject: "gone:7b",
        command: "herd pull gone:7b",
        traces: ["r-2", "r-1"],
        details: { model: "gone:7b", requests_24h: 4 },
      },
    ]);
  });

  it("is information when nobody named it lately", () => {
    expect(
      foundIn(fallbackTargetMissing, { traffic: { missingFallbacks: [missing("gone", 3_600_000)] } }),
    ).toMatchObject([{ severity: "info", isResolved: true }]);
  });

  it("stays silent once a node has it, and where nobody named any", () => {
    const machines = [{ models: { "m:latest": {} } }];
    expect(foundIn(fallbackTargetMissing, { machines, traffic: { missingFallbacks: [missing("m")] } })).toEqual([]);
    expect(foundIn(fallbackTargetMissing, { traffic: { missingFallbacks: [] } })).toEqual([]);
  });
});
