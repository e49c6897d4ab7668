import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { notificationFailing } from "./notification-failing.ts";

const failing = (failuresInRow: number) => ({
  router: { notices: [{ channel: "webhook", failuresInRow, reason: "ECONNREFUSED", lost: 1 }] },
});

describe("the check notification_failing", () => {
  it("finds a way on which nothing arrives, with the reason", () => {
    expect(foundBy(notificationFailing, failing(3))).toMatchObject([
      { severity: "warning", subject: "webhook", details: { failures_in_row: 3, reason: "ECONNREFUSED", lost: 1 } },
    ]);
  });

  it("stays silent for a failure that is tried again", () => {
    expect(foundBy(notificationFailing, failing(2))).toEqual([]);
  });
});
