import { expect, test } from "vitest";
import { makeFacts, NOW } from "../../health/testing/make-facts.ts";
import { NodeWatch } from "./node-watch.ts";

function lookOf(now: number, more: { readonly failed?: number; readonly mode?: string } = {}) {
  const { fleet, nodes } = makeFacts({ nodes: [{ snapshot: { lastHeartbeatAt: now } }] });
  const [node] = fleet.nodes;
  const facts = nodes.get("node-1");
  if (node === undefined || facts === undefined) throw new Error("no node was made");
  const capacity = more.mode === undefined ? undefined : { mode: more.mode };
  return {
    node: { ...node, capacity: capacity as never },
    heartbeat: { ...facts.heartbeat, connection_failures_total: more.failed },
    inFlight: 0,
    now,
  };
}

test("failed heartbeats count from the first report on, for an hour, and not when an agent has begun anew", () => {
  const watch = new NodeWatch();
  expect(watch.look(lookOf(NOW, { failed: 40 }))).toMatchObject({ failuresLastHour: 0 });
  expect(watch.look(lookOf(NOW + 10_000, { failed: 44 }))).toMatchObject({ failuresLastHour: 4 });
  expect(watch.look(lookOf(NOW + 20_000, { failed: 1 }))).toMatchObject({ failuresLastHour: 4 });
  expect(watch.look(lookOf(NOW + 30_000, { failed: 3 }))).toMatchObject({ failuresLastHour: 6 });
  expect(watch.look(lookOf(NOW + 4_000_000, { failed: 3 }))).toMatchObject({ failuresLastHour: 0 });
});

test("a pause is timed from its first sight, and one heartbeat is one sample", () => {
  const watch = new NodeWatch();
  expect(watch.look(lookOf(NOW)).pausedSince).toBeUndefined();
  expect(watch.look(lookOf(NOW + 10_000, { mode: "paused" })).pausedSince).toBe(NOW + 10_000);
  const again = watch.look(lookOf(NOW + 20_000, { mode: "paused" }));
  expect(again.pausedSince).toBe(NOW + 10_000);
  expect(again.samples).toHaveLength(3);
  expect(watch.look({ ...lookOf(NOW + 20_000), now: NOW + 25_000 })).toMatchObject({
    pausedSince: undefined,
    samples: { length: 3 },
  });
  watch.keepOnly(new Set());
  expect(watch.look(lookOf(NOW + 30_000)).samples).toHaveLength(1);
});
