import { describe, expect, it } from "vitest";
import { foundIn, PLAIN_SETTINGS, rowsOf } from "../testing/traffic-fixtures.ts";
import { contextProtectionInsufficient } from "./context-protection-insufficient.ts";

describe("the check context_protection_insufficient", () => {
  it("finds prompts that fill the loaded context", () => {
    expect(
      foundIn(contextProtectionInsufficient, {
        machines: [{ models: { "m:latest": { loaded: {} } } }],
        traffic: { settings: PLAIN_SETTINGS, newest: rowsOf(2, { promptTokens: 4090, estimatedTokens: 9000 }) },
      }),
    ).toMatchObject([
      {
        severity: "warning",
        subject: "m:latest",
        traces: ["r-1", "r-2"],
        details: { warning_count: 2, context_length: 4096, longest: 9000 },
      },
    ]);
  });

  it("stays silent for a single one, for prompts that fit, and for a model that is not loaded", () => {
    expect(
      foundIn(contextProtectionInsufficient, {
        machines: [{ models: { "m:latest": { loaded: {} } } }],
        traffic: { newest: rowsOf(1, { promptTokens: 4090 }) },
      }),
    ).toEqual([]);
    expect(
      foundIn(contextProtectionInsufficient, {
        machines: [{ models: { "m:latest": { loaded: {} } } }],
        traffic: { newest: rowsOf(9, { promptTokens: 3900, estimatedTokens: 4200 }) },
      }),
    ).toEqual([]);
    expect(
      foundIn(contextProtectionInsufficient, {
        machines: [{ models: { "m:latest": {} } }],
        traffic: { newest: rowsOf(9, { promptTokens: 9000 }) },
      }),
    ).toEqual([]);
  });
});
