import { describe, expect, it } from "vitest";
import { foundIn, PLAIN_SETTINGS, rowsOf, useOf } from "../testing/traffic-fixtures.ts";
import { numCtxUnmanaged } from "./num-ctx-unmanaged.ts";

const OPEN = { ...PLAIN_SETTINGS, contextProtection: "passthrough" } as const;

describe("the check num_ctx_unmanaged", () => {
  it("finds requests that make Ollama load a model anew", () => {
    expect(
      foundIn(numCtxUnmanaged, {
        traffic: { settings: OPEN, uses: [useOf({ requests: 9, loads: 3 })], newest: rowsOf(3, { loadMs: 8000 }) },
      }),
    ).toMatchObject([
      {
        severity: "warning",
        nodeId: "node-1",
        subject: "m:latest",
        details: { loads_1h: 3, context_protection: "passthrough" },
      },
    ]);
  });

  it("stays silent with protection, and when other models are loaded there, too", () => {
    expect(
      foundIn(numCtxUnmanaged, {
        traffic: {
          settings: PLAIN_SETTINGS,
          uses: [useOf({ requests: 9, loads: 3 })],
          newest: rowsOf(3, { loadMs: 8000 }),
        },
      }),
    ).toEqual([]);
    expect(
      foundIn(numCtxUnmanaged, {
        traffic: {
          settings: OPEN,
          uses: [useOf({ requests: 9, loads: 3 }), useOf({ requests: 1, loads: 1 }, { model: "n:latest" })],
          newest: rowsOf(3, { loadMs: 8000 }),
        },
      }),
    ).toEqual([]);
  });
});
