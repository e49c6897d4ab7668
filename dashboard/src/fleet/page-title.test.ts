import { expect, test } from "vitest";
import { sampleStatus } from "../testing/sample-views.ts";
import { pageTitle } from "./page-title.ts";

test("the title tells the state of the fleet to somebody who looks at another page", () => {
  const status = sampleStatus();
  const silence = { since: 1, reason: "no connection", nextTryAt: 2 };
  const empty = { ...status, fleet: { ...status.fleet, nodes_total: 0, nodes_online: 0 } };
  expect(pageTitle({ kind: "asking" })).toBe("Herd");
  expect(pageTitle({ kind: "live", status, receivedAt: 1 })).toBe("1 of 1 online · Herd");
  expect(pageTitle({ kind: "live", status: empty, receivedAt: 1 })).toBe("No nodes · Herd");
  expect(pageTitle({ kind: "stale", status, receivedAt: 1, silence })).toBe("No news · Herd");
});
