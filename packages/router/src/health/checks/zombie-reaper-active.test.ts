import { describe, expect, it } from "vitest";
import { foundIn, rowsOf } from "../testing/traffic-fixtures.ts";
import { zombieReaperActive } from "./zombie-reaper-active.ts";

describe("the check zombie_reaper_active", () => {
  it("finds requests that hung, critical when they are many", () => {
    expect(
      foundIn(zombieReaperActive, {
        traffic: { ends: rowsOf(11, { status: "failed", errorClass: "stall", latencyMs: 900_000 }) },
      }),
    ).toMatchObject([
      {
        severity: "critical",
        details: { total_reaped: 11, avg_stuck_seconds: 900, queues_affected: ["node-1:m:latest"] },
      },
    ]);
  });

  it("warns of a single one", () => {
    expect(
      foundIn(zombieReaperActive, { traffic: { ends: rowsOf(1, { status: "failed", errorClass: "stall" }) } }),
    ).toMatchObject([{ severity: "warning" }]);
  });

  it("stays silent for other failures", () => {
    expect(
      foundIn(zombieReaperActive, { traffic: { ends: rowsOf(3, { status: "failed", errorClass: "unreachable" }) } }),
    ).toEqual([]);
  });
});
