import { describe, expect, it } from "vitest";
import { foundIn, rowsOf, useOf } from "../testing/traffic-fixtures.ts";
import { oneModelBeyondItsHolders } from "./one-model-beyond-its-holders.ts";

const HOLDER = { models: { "m:latest": { loaded: {} } } };

describe("the check one_model_beyond_its_holders", () => {
  it("finds a model for which everybody waits while another node has room", () => {
    expect(
      foundIn(oneModelBeyondItsHolders, {
        machines: [HOLDER, { id: "node-2" }],
        traffic: { uses: [useOf({ requests: 30, queueWaitMs: 300_000 })], newest: rowsOf(2) },
      }),
    ).toMatchObject([
      {
        severity: "warning",
        subject: "m:latest",
        command: "herd pull m:latest --node node-2",
        details: { requests_1h: 30, mean_wait_ms: 10_000, holders: ["node-1"] },
      },
    ]);
  });

  it("stays silent when all nodes have it, when the wait is short, and when there are few requests", () => {
    expect(
      foundIn(oneModelBeyondItsHolders, {
        machines: [HOLDER, { ...HOLDER, id: "node-2" }],
        traffic: { uses: [useOf({ requests: 30, queueWaitMs: 300_000 })] },
      }),
    ).toEqual([]);
    expect(
      foundIn(oneModelBeyondItsHolders, {
        machines: [HOLDER, { id: "node-2" }],
        traffic: { uses: [useOf({ requests: 30, queueWaitMs: 3000 })] },
      }),
    ).toEqual([]);
    expect(
      foundIn(oneModelBeyondItsHolders, {
        machines: [HOLDER, { id: "node-2" }],
        traffic: { uses: [useOf({ requests: 3, queueWaitMs: 300_000 })] },
      }),
    ).toEqual([]);
  });
});
