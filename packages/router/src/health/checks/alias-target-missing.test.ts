import { describe, expect, it } from "vitest";
import { foundIn, PLAIN_SETTINGS, rowsOf } from "../testing/traffic-fixtures.ts";
import { aliasTargetMissing } from "./alias-target-missing.ts";

describe("the check alias_target_missing", () => {
  it("finds an alias that leads nowhere, critical once it was asked for", () => {
    expect(
      foundIn(aliasTargetMissing, {
        traffic: {
          settings: { ...PLAIN_SETTINGS, modelAliases: { "gpt-4o": "big:32b" } },
          ends: rowsOf(1, { status: "failed", askedModel: "gpt-4o" }),
        },
      }),
    ).toMatchObject([
      {
        severity: "critical",
        subject: "big:32b",
        command: "herd pull big:32b",
        traces: ["r-1"],
        details: { aliases: ["gpt-4o"], failed_24h: 1 },
      },
    ]);
  });

  it("warns before anybody asked", () => {
    expect(
      foundIn(aliasTargetMissing, {
        traffic: { settings: { ...PLAIN_SETTINGS, modelAliases: { "gpt-4o": "big:32b" } } },
      }),
    ).toMatchObject([{ severity: "warning" }]);
  });

  it("stays silent when a node has the model", () => {
    expect(
      foundIn(aliasTargetMissing, {
        machines: [{ models: { "big:32b": {} } }],
        traffic: { settings: { ...PLAIN_SETTINGS, modelAliases: { "gpt-4o": "big:32b" } } },
      }),
    ).toEqual([]);
    expect(foundIn(aliasTargetMissing, { traffic: { settings: PLAIN_SETTINGS } })).toEqual([]);
  });
});
