import { describe, expect, it } from "vitest";
import { foundIn, PLAIN_SETTINGS, rowsOf } from "../testing/traffic-fixtures.ts";
import { anthropicUnroutedConfig } from "./anthropic-unrouted-config.ts";

const CLAUDE = {
  dialect: "anthropic",
  status: "failed",
  errorCode: "HERD_MODEL_NOT_FOUND",
  askedModel: "claude-haiku-4-5",
} as const;

describe("the check anthropic_unrouted_config", () => {
  it("finds names of Anthropic's models that stand for nothing", () => {
    expect(
      foundIn(anthropicUnroutedConfig, {
        traffic: { settings: { ...PLAIN_SETTINGS, anthropicAutoRoute: false }, ends: rowsOf(2, CLAUDE) },
      }),
    ).toMatchObject([{ severity: "warning", details: { unrouted: { "claude-haiku-4-5": 2 } } }]);
  });

  it("stays silent while unmapped names are routed, and for other failures", () => {
    expect(
      foundIn(anthropicUnroutedConfig, { traffic: { settings: PLAIN_SETTINGS, ends: rowsOf(2, CLAUDE) } }),
    ).toEqual([]);
    expect(
      foundIn(anthropicUnroutedConfig, {
        traffic: {
          settings: { ...PLAIN_SETTINGS, anthropicAutoRoute: false },
          ends: rowsOf(2, { ...CLAUDE, errorCode: "HERD_NODE_FAILED" }),
        },
      }),
    ).toEqual([]);
  });
});
