import { describe, expect, it } from "vitest";
import { foundIn, rowsOf, useOf } from "../testing/traffic-fixtures.ts";
import { highRetryRate } from "./high-retry-rate.ts";

describe("the check high_retry_rate", () => {
  it("finds requests that need several tries", () => {
    expect(
      foundIn(highRetryRate, {
        traffic: {
          uses: [useOf({ requests: 10, completed: 10, retries: 5 })],
          newest: rowsOf(5, { retries: 1, failedOn: ["node-2"] }),
        },
      }),
    ).toMatchObject([
      {
        severity: "warning",
        details: { avg_retries_per_request: 0.5, total_retries: 5, total_requests: 10, failed_on: { "node-2": 5 } },
      },
    ]);
  });

  it("stays silent for one retry in ten, and for a few at all", () => {
    expect(
      foundIn(highRetryRate, {
        traffic: { uses: [useOf({ requests: 100, retries: 10 })], newest: rowsOf(10, { retries: 1 }) },
      }),
    ).toEqual([]);
    expect(
      foundIn(highRetryRate, {
        traffic: { uses: [useOf({ requests: 4, retries: 4 })], newest: rowsOf(4, { retries: 1 }) },
      }),
    ).toEqual([]);
  });
});
