import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { connectionFailures } from "./connection-failures.ts";

const failed = (failuresLastHour: number, total = failuresLastHour) => ({
  nodes: [{ facts: { failuresLastHour }, heartbeat: { connection_failures_total: total } }],
});

describe("the check connection_failures", () => {
  it("finds lost heartbeats, the more the worse", () => {
    expect(foundBy(connectionFailures, failed(1))).toMatchObject([{ severity: "info" }]);
    expect(foundBy(connectionFailures, failed(3))).toMatchObject([{ severity: "warning", isResolved: false }]);
    expect(foundBy(connectionFailures, failed(11, 40))).toMatchObject([
      { severity: "critical", details: { recent_failures: 11, total_failures: 40 } },
    ]);
  });

  it("tells many old ones as resolved", () => {
    expect(foundBy(connectionFailures, failed(0, 51))).toMatchObject([
      { severity: "info", isResolved: true, details: { resolved: true } },
    ]);
  });

  it("stays silent for some old ones, and for an agent that could not reach a router that was down", () => {
    expect(foundBy(connectionFailures, failed(0, 50))).toEqual([]);
    const restarted = {
      facts: { failuresLastHour: 0 },
      heartbeat: { connection_failures: 30, connection_failures_total: 30 },
    };
    expect(foundBy(connectionFailures, { nodes: [restarted] })).toEqual([]);
  });
});
