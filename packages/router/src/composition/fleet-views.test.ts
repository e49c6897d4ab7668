import { fleetQueue, fleetStatus, nodeId } from "@herd/shared";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLane, type Lane } from "../admission/lane.ts";
import { Registry } from "../fleet/registry.ts";
import { arbitraryHeartbeat, makeHeartbeat, makeLoadedModel, ORIGIN } from "../fleet/testing/heartbeats.ts";
import { fleetQueueOf } from "../fleet/views/queue-views.ts";
import { fleetStatusOf } from "../fleet/views/status-view.ts";

const START = 1_790_000_000_000;

function laneWith(
  wishes: Partial<Pick<Lane, "inFlight" | "waiting" | "completed" | "failed" | "rejected">> & {
    readonly key?: string;
    readonly meanMs?: number;
  },
): Lane {
  const { key = "a:m", meanMs, ...counts } = wishes;
  const lane = createLane(
    { key, nodeId: nodeId(key.split(":")[0] ?? ""), backendId: "ollama", modelName: key.split(":")[1] ?? "" },
    { assumed: 1, max: 64, predictedFirstByteMs: () => undefined },
  );
  Object.assign(lane, counts);
  if (meanMs !== undefined)
    Object.assign(lane.sums, { samples: 2, latencyMs: meanMs * 2, promptTokens: 20, completionTokens: 40 });
  return lane;
}

const count = fc.nat(600);
const arbitraryLane: fc.Arbitrary<Lane> = fc
  .record({
    key: fc.constantFrom("a:m", "b:m", "a:n", "__proto__:m"),
    inFlight: fc.nat(8),
    waiting: count,
    completed: count,
    failed: count,
    rejected: count,
    meanMs: fc.option(fc.double({ min: 0, max: 600_000, noNaN: true }), { nil: undefined }),
  })
  .map(({ meanMs, ...lane }) => laneWith({ ...lane, ...(meanMs === undefined ? {} : { meanMs }) }));

function registryAt(clock: { readonly now: number }): Registry {
  return new Registry({
    now: () => clock.now,
    bounds: { degradedAfterMs: 15_000, offlineAfterMs: 30_000 },
    medianDecodeSpeed: () => undefined,
    onChange: () => undefined,
  });
}

const totals = (lanes: readonly Lane[], now = START) => ({
  lanes,
  queueLimit: 512,
  waiting: lanes.reduce((sum, lane) => sum + lane.waiting, 0),
  held: 3,
  findings: [],
  inFlight: lanes.reduce((sum, lane) => sum + lane.inFlight, 0),
  now,
});

describe("the status of any fleet", () => {
  test("is what its contract says", () => {
    const steps = fc.array(fc.record({ heartbeat: arbitraryHeartbeat, ms: fc.nat(40_000), legacy: fc.boolean() }), {
      maxLength: 8,
      size: "max",
    });
    fc.assert(
      fc.property(steps, fc.array(arbitraryLane, { maxLength: 6 }), (reports, lanes) => {
        const clock = { now: START };
        const registry = registryAt(clock);
        for (const { heartbeat, ms, legacy } of reports) {
          clock.now += ms;
          registry.accept({ heartbeat, origin: { ...ORIGIN, publicKey: legacy ? undefined : "key" }, dropped: [] });
        }
        registry.sweep();
        const fleet = registry.snapshot();
        const status = fleetStatusOf({
          ...totals(lanes, clock.now),
          fleet,
          recordOf: (node) => registry.record(node.nodeId),
          breakerOf: () => "closed",
        });
        expect(fleetStatus.parse(JSON.parse(JSON.stringify(status)))).toMatchObject({
          fleet: {
            nodes_total: fleet.nodes.length,
            nodes_online: fleet.nodes.filter((node) => node.status === "online").length,
          },
        });
        const queue = fleetQueueOf({ ...totals(lanes, clock.now), nodesOnline: 1 });
        expect(() => fleetQueue.parse(JSON.parse(JSON.stringify(queue)))).not.toThrow();
      }),
    );
  });

  test("counts models only where they can be used", () => {
    const clock = { now: START };
    const registry = registryAt(clock);
    const loaded = { models_loaded: [makeLoadedModel("m:latest"), makeLoadedModel("n:1b")] };
    registry.accept({ heartbeat: makeHeartbeat({ node_id: "a" }, loaded), origin: ORIGIN, dropped: [] });
    clock.now += 31_000;
    registry.accept({ heartbeat: makeHeartbeat({ node_id: "b" }, loaded), origin: ORIGIN, dropped: [] });
    registry.sweep();
    const { fleet, nodes } = fleetStatusOf({
      ...totals([laneWith({ inFlight: 2, waiting: 5 })], clock.now),
      fleet: registry.snapshot(),
      recordOf: (node) => registry.record(node.nodeId),
      breakerOf: (node) => (node.nodeId === "b" ? "open" : "closed"),
    });
    expect(fleet).toEqual({
      nodes_total: 2,
      nodes_online: 1,
      models_loaded: 2,
      requests_active: 2,
      requests_waiting: 5,
      requests_held: 3,
      findings: [],
    });
    expect(nodes.map(({ node_id, status, last_heartbeat_ago_s }) => [node_id, status, last_heartbeat_ago_s])).toEqual([
      ["a", "offline", 31],
      ["b", "online", 0],
    ]);
    expect(nodes[1]?.backends[0]).toMatchObject({ breaker: "open", state: "reachable", models: ["m:latest", "n:1b"] });
  });

  test("shows a stored node as never heard of", () => {
    const registry = registryAt({ now: START });
    registry.restore({ heartbeat: makeHeartbeat(), origin: ORIGIN, inventory: { facts: {}, sizesGb: {} } });
    const { nodes } = fleetStatusOf({
      ...totals([]),
      fleet: registry.snapshot(),
      recordOf: (node) => registry.record(node.nodeId),
      breakerOf: () => "closed",
    });
    expect(nodes).toMatchObject([{ status: "offline", last_heartbeat_ago_s: null, backends: [{ state: "unknown" }] }]);
  });
});

describe("a lane as shown", () => {
  const shown = (lane: Lane, queueLimit = 512) =>
    fleetQueueOf({ ...totals([lane]), queueLimit, nodesOnline: 1 }).queues[lane.key];

  test("has the numbers of its lane, and its means", () => {
    expect(
      shown(laneWith({ inFlight: 1, waiting: 2, completed: 3, failed: 4, rejected: 5, meanMs: 812.5 })),
    ).toMatchObject({
      pending: 2,
      in_flight: 1,
      concurrency: 1,
      model: "m",
      node_id: "a",
      completed: 3,
      failed: 4,
      rejected: 5,
      max_queue_depth: 512,
      limit_source: "assumed",
      stats_samples: 2,
      avg_latency_ms: 812.5,
      avg_prompt_tokens: 10,
      avg_completion_tokens: 20,
    });
  });

  test("without measurements says so by their count", () => {
    expect(shown(laneWith({}))).toMatchObject({ stats_samples: 0, avg_latency_ms: 0, avg_completion_tokens: 0 });
  });

  test("shows its limit and where that comes from; a probe in flight counts to it", () => {
    const lane = laneWith({ inFlight: 1 });
    lane.parallelism.report(4);
    expect(shown(lane)).toMatchObject({ concurrency: 4, limit_source: "reported" });
    expect(shown(laneWith({ inFlight: 2 }))).toMatchObject({ concurrency: 2 });
  });
});

describe("the queue as a whole", () => {
  test("sums its lanes", () => {
    const lanes = [
      laneWith({ inFlight: 1, waiting: 2, completed: 3, failed: 1 }),
      laneWith({ key: "b:m", inFlight: 2, waiting: 1, completed: 4 }),
    ];
    expect(fleetQueueOf({ ...totals(lanes), nodesOnline: 2 })).toMatchObject({
      pending: 3,
      held: 3,
      in_flight: 3,
      completed: 7,
      failed: 1,
      nodes_online: 2,
      timestamp: START / 1000,
    });
  });

  test("estimates the wait from the lanes where somebody waits and something was measured", () => {
    const lanes = [
      laneWith({ waiting: 4, meanMs: 1000 }),
      laneWith({ key: "b:m", waiting: 2, meanMs: 3000 }),
      laneWith({ key: "a:n", waiting: 9 }),
    ];
    expect(fleetQueueOf({ ...totals(lanes), nodesOnline: 2 }).estimated_wait_ms).toBe(5000);
    expect(fleetQueueOf({ ...totals([laneWith({ meanMs: 1000 })]), nodesOnline: 2 }).estimated_wait_ms).toBeNull();
  });
});
