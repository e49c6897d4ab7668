import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { eventLoopLag } from "./event-loop-lag.ts";

const late = (p99Ms: number, maxMs = 2 * p99Ms) => ({ router: { loopLag: { p99Ms, maxMs } } });

describe("the check event_loop_lag", () => {
  it("finds a router that is late", () => {
    expect(foundBy(eventLoopLag, late(150))).toMatchObject([
      { severity: "warning", details: { p99_ms: 150, max_ms: 300 } },
    ]);
    expect(foundBy(eventLoopLag, late(1_500))).toMatchObject([{ severity: "critical" }]);
  });

  it("stays silent for one pause in a minute, and before the first minute", () => {
    expect(foundBy(eventLoopLag, late(20, 900))).toEqual([]);
    expect(foundBy(eventLoopLag)).toEqual([]);
  });
});
