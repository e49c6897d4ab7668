import { describe, expect, it } from "vitest";
import { foundIn, rowsOf, useOf } from "../testing/traffic-fixtures.ts";
import { emptyGenerations } from "./empty-generations.ts";

describe("the check empty_generations", () => {
  it("finds answers without a token", () => {
    expect(
      foundIn(emptyGenerations, {
        traffic: {
          uses: [useOf({ requests: 50, noOutput: 3 })],
          ends: rowsOf(3, { status: "no_output", completionTokens: 0 }),
        },
      }),
    ).toMatchObject([{ severity: "warning", traces: ["r-1", "r-2", "r-3"], details: { empty_24h: 3, rate_pct: 6 } }]);
  });

  it("stays silent for two, and for loads, which have none by nature", () => {
    expect(
      foundIn(emptyGenerations, {
        traffic: { uses: [useOf({ requests: 50, noOutput: 2 })], ends: rowsOf(2, { status: "no_output" }) },
      }),
    ).toEqual([]);
    expect(
      foundIn(emptyGenerations, {
        traffic: {
          uses: [useOf({ requests: 9, noOutput: 9 }, { kind: "load" })],
          ends: rowsOf(9, { status: "no_output", kind: "load" }),
        },
      }),
    ).toEqual([]);
  });
});
