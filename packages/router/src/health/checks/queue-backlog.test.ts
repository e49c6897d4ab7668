import { describe, expect, it } from "vitest";
import { foundIn } from "../testing/traffic-fixtures.ts";
import { queueBacklog } from "./queue-backlog.ts";

const HOLDER = { models: { "m:latest": { loaded: {} } } };
const LANE = { nodeId: "node-1", model: "m:latest", inFlight: 1, waiting: 0, limit: 1, meanMs: undefined };

describe("the check queue_backlog", () => {
  it("finds a queue, how long it is in time, and which node would relieve it", () => {
    expect(
      foundIn(queueBacklog, {
        machines: [HOLDER, { id: "node-2" }],
        traffic: { lanes: [{ ...LANE, waiting: 6, meanMs: 10_000 }] },
      }),
    ).toMatchObject([
      {
        severity: "warning",
        subject: "m:latest",
        command: "herd pull m:latest --node node-2",
        details: {
          waiting: 6,
          slots: 1,
          predicted_wait_ms: 60_000,
          predicted_wait_with_one_more_ms: 30_000,
          relief_node: "node-2",
        },
      },
    ]);
  });

  it("is critical from five minutes on, and proposes no node without room", () => {
    expect(
      foundIn(queueBacklog, { machines: [HOLDER], traffic: { lanes: [{ ...LANE, waiting: 30, meanMs: 10_000 }] } }),
    ).toMatchObject([{ severity: "critical", command: undefined }]);
  });

  it("finds requests that no node can take", () => {
    expect(foundIn(queueBacklog, { traffic: { held: 2 } })).toMatchObject([
      { severity: "warning", subject: "held", details: { held: 2 } },
    ]);
  });

  it("stays silent while the wait is short", () => {
    expect(
      foundIn(queueBacklog, { machines: [HOLDER], traffic: { lanes: [{ ...LANE, waiting: 20, meanMs: 500 }] } }),
    ).toEqual([]);
    expect(
      foundIn(queueBacklog, { machines: [HOLDER], traffic: { lanes: [{ ...LANE, waiting: 2, meanMs: 60_000 }] } }),
    ).toEqual([]);
    expect(foundIn(queueBacklog, { traffic: { lanes: [{ ...LANE, waiting: 15 }] } })).toEqual([]);
  });
});
