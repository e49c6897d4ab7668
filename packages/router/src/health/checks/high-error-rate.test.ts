import { describe, expect, it } from "vitest";
import { NOW } from "../testing/make-facts.ts";
import { foundIn, HOUR, rowOf, rowsOf, useOf } from "../testing/traffic-fixtures.ts";
import { highErrorRate } from "./high-error-rate.ts";

const BAD = { status: "failed", errorClass: "node-fault", error: "CUDA error" } as const;

describe("the check high_error_rate", () => {
  it("finds a node on which three of ten tries failed, with the failed requests as evidence and the error that came most", () => {
    expect(
      foundIn(highErrorRate, {
        traffic: {
          uses: [useOf({ requests: 10, completed: 7, failed: 3 })],
          newest: [...rowsOf(3, BAD), ...rowsOf(7)],
          ends: rowsOf(3, BAD),
        },
      }),
    ).toMatchObject([
      {
        severity: "warning",
        nodeId: "node-1",
        traces: ["r-1", "r-2", "r-3"],
        command: "herd explain r-1",
        details: { error_rate_pct: 30, failed: 3, total: 10, reasons: { "CUDA error": 3 } },
      },
    ]);
  });

  it("is over when ten requests have gone well there since the last failure", () => {
    const bad = rowsOf(5, { ...BAD, at: NOW - 20_000 });
    const found = (well: number) =>
      foundIn(highErrorRate, {
        traffic: {
          uses: [useOf({ requests: 5 + well, completed: well, failed: 5 })],
          newest: [...Array.from({ length: well }, (_, index) => rowOf({ at: NOW - index })), ...bad],
          ends: bad,
        },
      });
    expect(found(9)).toMatchObject([{ severity: "warning", isResolved: false }]);
    expect(found(10)).toMatchObject([{ severity: "info", isResolved: true }]);
  });

  it("finds a node whose failures another node made good", () => {
    expect(
      foundIn(highErrorRate, {
        traffic: {
          uses: [useOf({ requests: 10, completed: 10, retries: 4 }, { nodeId: "node-2" })],
          newest: [
            ...rowsOf(4, { nodeId: "node-2", failedOn: ["node-1"], retries: 1 }),
            ...rowsOf(6, { nodeId: "node-2" }),
          ],
        },
      }),
    ).toMatchObject([{ severity: "critical", nodeId: "node-1", details: { failed: 4, total: 4 } }]);
  });

  it("tells what is over as information", () => {
    expect(
      foundIn(highErrorRate, {
        traffic: {
          uses: [useOf({ requests: 10, failed: 5 }, { recent: {} })],
          newest: rowsOf(5, { ...BAD, at: NOW - 5 * HOUR }),
          ends: rowsOf(5, { ...BAD, at: NOW - 5 * HOUR }),
        },
      }),
    ).toMatchObject([{ severity: "info", isResolved: true }]);
  });

  it("stays silent for two failures of ten, and for four of a hundred", () => {
    expect(
      foundIn(highErrorRate, {
        traffic: {
          uses: [useOf({ requests: 10, failed: 2 })],
          newest: [...rowsOf(2, BAD), ...rowsOf(8)],
          ends: rowsOf(2, BAD),
        },
      }),
    ).toEqual([]);
    expect(
      foundIn(highErrorRate, {
        traffic: {
          uses: [useOf({ requests: 100, failed: 4 })],
          newest: [...rowsOf(4, BAD), ...rowsOf(96)],
          ends: rowsOf(4, BAD),
        },
      }),
    ).toEqual([]);
  });

  it("stays silent when the callers asked wrongly, or the queue was full", () => {
    expect(
      foundIn(highErrorRate, {
        traffic: {
          uses: [useOf({ requests: 10, failed: 5 })],
          newest: rowsOf(5, { ...BAD, errorClass: "callers-fault" }),
          ends: rowsOf(5, { ...BAD, errorClass: "callers-fault" }),
        },
      }),
    ).toEqual([]);
    expect(
      foundIn(highErrorRate, {
        traffic: {
          uses: [useOf({ requests: 10, failed: 5 }, { nodeId: "" })],
          newest: rowsOf(5, { ...BAD, nodeId: "", errorClass: "rejected" }),
        },
      }),
    ).toEqual([]);
  });
});
