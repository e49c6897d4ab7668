import { describe, expect, it } from "vitest";
import type { WaitFacts } from "../facts/use-facts.ts";
import { foundIn, PLAIN_SETTINGS } from "../testing/traffic-fixtures.ts";
import { queueBacklog } from "./queue-backlog.ts";

const HOLDER = { models: { "m:latest": { loaded: {} } } };
const waitOf = (wishes: Partial<WaitFacts>): WaitFacts => ({
  ...{ model: "m", count: 1, oldestMs: 0, isHeld: false },
  ...wishes,
});
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
    const waits = [waitOf({ count: 2, isHeld: true }), waitOf({ model: "not-told-yet", isHeld: true })];
    expect(foundIn(queueBacklog, { machines: [HOLDER], traffic: { waits } })).toMatchObject([
      { severity: "warning", subject: "held", details: { held: 2, models: ["m"] } },
    ]);
  });

  it("finds requests that have waited long, whatever the measured times promise", () => {
    const found = (waiting: number, oldestMs: number) =>
      foundIn(queueBacklog, {
        machines: [HOLDER],
        traffic: { lanes: [{ ...LANE, waiting, meanMs: 100 }], waits: [waitOf({ count: waiting, oldestMs })] },
      });
    expect(found(3, 31_000)).toMatchObject([{ severity: "warning", details: { oldest_wait_ms: 31_000 } }]);
    expect(found(1, 121_000)).toMatchObject([{ severity: "warning" }]);
    expect(found(3, 301_000)).toMatchObject([{ severity: "critical" }]);
    expect([found(3, 29_000), found(1, 60_000)]).toEqual([[], []]);
  });

  it("finds a deep queue, and is critical just before requests are refused", () => {
    const found = (waiting: number, queueLimit: number, meanMs = 200) =>
      foundIn(queueBacklog, {
        machines: [HOLDER],
        traffic: { lanes: [{ ...LANE, waiting, meanMs }], settings: { ...PLAIN_SETTINGS, queueLimit } },
      });
    expect(found(32, 512)).toMatchObject([{ severity: "warning" }]);
    expect(found(5, 10, 1)).toMatchObject([{ severity: "warning" }]);
    expect(found(9, 10, 1)).toMatchObject([{ severity: "critical" }]);
    expect(found(32, 512, 100)).toEqual([]);
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
