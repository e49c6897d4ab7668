import { describe, expect, it } from "vitest";
import { foundIn, rowOf, rowsOf, useOf } from "../testing/traffic-fixtures.ts";
import { clientDisconnects } from "./client-disconnects.ts";

describe("the check client_disconnects", () => {
  it("finds clients that leave, and counts those who got nothing", () => {
    expect(
      foundIn(clientDisconnects, {
        traffic: {
          uses: [useOf({ requests: 100, disconnected: 3 })],
          ends: [
            ...rowsOf(2, { status: "client_disconnected", ttftMs: 0 }),
            rowOf({ requestId: "r-9", status: "client_disconnected" }),
          ],
        },
      }),
    ).toMatchObject([
      { severity: "warning", details: { disconnects_24h: 3, disconnects_1h: 3, rate_pct: 3, before_first_byte: 2 } },
    ]);
  });

  it("takes three of a thousand for usual", () => {
    expect(
      foundIn(clientDisconnects, {
        traffic: {
          uses: [useOf({ requests: 1000, disconnected: 3 })],
          ends: rowsOf(3, { status: "client_disconnected" }),
        },
      }),
    ).toMatchObject([{ severity: "info", isResolved: false }]);
  });

  it("stays silent for two", () => {
    expect(
      foundIn(clientDisconnects, {
        traffic: {
          uses: [useOf({ requests: 3, disconnected: 2 })],
          ends: rowsOf(2, { status: "client_disconnected" }),
        },
      }),
    ).toEqual([]);
  });
});
