import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { NOW } from "../testing/make-facts.ts";
import { capacityPausedLong } from "./capacity-paused-long.ts";

const paused = (hours: number, more: object = {}) => ({
  nodes: [
    {
      heartbeat: {
        capacity: {
          mode: "paused",
          ceiling_gb: 0,
          availability_score: 0,
          reason: "meeting_detected",
          override_active: false,
          learning_confidence: 1,
          days_observed: 9,
          ...more,
        },
      },
      facts: { pausedSince: NOW - hours * 3_600_000 },
    },
  ],
});

describe("the check capacity_paused_long", () => {
  it("finds a machine that has kept itself back for hours, and less wrong when a person did it", () => {
    expect(foundBy(capacityPausedLong, paused(5))).toMatchObject([
      { severity: "warning", details: { paused_s: 18_000, reason: "meeting_detected" } },
    ]);
    expect(foundBy(capacityPausedLong, paused(5, { override_active: true }))).toMatchObject([{ severity: "info" }]);
  });

  it("stays silent during a meeting, and for other modes", () => {
    expect(foundBy(capacityPausedLong, paused(2))).toEqual([]);
    expect(foundBy(capacityPausedLong, paused(5, { mode: "learned_low" }))).toEqual([]);
  });
});
