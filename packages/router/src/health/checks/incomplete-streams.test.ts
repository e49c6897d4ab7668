import { describe, expect, it } from "vitest";
import { NOW } from "../testing/make-facts.ts";
import { foundIn, HOUR, rowsOf, useOf } from "../testing/traffic-fixtures.ts";
import { incompleteStreams } from "./incomplete-streams.ts";

describe("the check incomplete_streams", () => {
  it("finds answers that broke off a short while ago", () => {
    expect(
      foundIn(incompleteStreams, {
        traffic: { uses: [useOf({ requests: 100, incomplete: 2 })], ends: rowsOf(2, { status: "incomplete" }) },
      }),
    ).toMatchObject([
      {
        severity: "warning",
        traces: ["r-1", "r-2"],
        details: { incomplete_24h: 2, incomplete_1h: 2, rate_pct: 2, by_model: { "m:latest": 2 } },
      },
    ]);
  });

  it("tells what is over as information", () => {
    expect(
      foundIn(incompleteStreams, {
        traffic: {
          uses: [useOf({ requests: 100, incomplete: 2 })],
          ends: rowsOf(2, { status: "incomplete", at: NOW - 3 * HOUR }),
        },
      }),
    ).toMatchObject([{ severity: "info", isResolved: true }]);
  });

  it("stays silent for a single one", () => {
    expect(
      foundIn(incompleteStreams, {
        traffic: { uses: [useOf({ requests: 100, incomplete: 1 })], ends: rowsOf(1, { status: "incomplete" }) },
      }),
    ).toEqual([]);
  });
});
