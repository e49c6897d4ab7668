import { describe, expect, it } from "vitest";
import { foundIn, rowsOf, useOf } from "../testing/traffic-fixtures.ts";
import { modelLoadTimeout } from "./model-load-timeout.ts";

describe("the check model_load_timeout", () => {
  it("finds a model whose requests fail after minutes", () => {
    expect(
      foundIn(modelLoadTimeout, {
        traffic: {
          uses: [useOf({ requests: 9, failed: 3, timeouts: 3 })],
          ends: rowsOf(3, { status: "failed", latencyMs: 130_000 }),
        },
      }),
    ).toMatchObject([
      { severity: "warning", subject: "m:latest", details: { timeouts_24h: 3, timeouts_1h: 3, nodes: ["node-1"] } },
    ]);
  });

  it("stays silent for two, and for failures that came at once", () => {
    expect(
      foundIn(modelLoadTimeout, {
        traffic: {
          uses: [useOf({ requests: 9, failed: 2, timeouts: 2 })],
          ends: rowsOf(2, { status: "failed", latencyMs: 130_000 }),
        },
      }),
    ).toEqual([]);
    expect(
      foundIn(modelLoadTimeout, {
        traffic: { uses: [useOf({ requests: 9, failed: 3 })], ends: rowsOf(3, { status: "failed" }) },
      }),
    ).toEqual([]);
  });
});
