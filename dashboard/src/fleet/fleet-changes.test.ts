import { describe, expect, test } from "vitest";
import { sampleNode, sampleStatus } from "../testing/sample-views.ts";
import { fleetChanges } from "./fleet-changes.ts";

const finding = { id: "clock_skew", text: "its clock is wrong", fix: "Set it" };
const fleetOf = (...nodes: ReturnType<typeof sampleNode>[]) => sampleStatus({ nodes });

describe("the changes of a fleet", () => {
  test("are a node's new state and its new findings, each once", () => {
    const before = fleetOf(sampleNode({ node_id: "a" }));
    const after = fleetOf(sampleNode({ node_id: "a", status: "degraded", findings: [finding] }));
    expect(fleetChanges(before, after)).toEqual(["a is degraded", "a: its clock is wrong"]);
    expect(fleetChanges(after, after)).toEqual([]);
  });

  test("name nodes that come and nodes that go", () => {
    const [before, after] = [fleetOf(sampleNode({ node_id: "a" })), fleetOf(sampleNode({ node_id: "b" }))];
    expect(fleetChanges(before, after)).toEqual(["b joined, online", "a was removed"]);
  });

  test("are counted, not read out, when there are many", () => {
    const rack = (status: "online" | "offline") =>
      fleetOf(...["a", "b", "c", "d"].map((name) => sampleNode({ node_id: name, status })));
    expect(fleetChanges(rack("online"), rack("offline"))).toEqual(["4 changes in the fleet"]);
  });

  test("are not the numbers that move all the time", () => {
    const before = fleetOf(sampleNode({ last_heartbeat_ago_s: 1, cpu: { cores_physical: 8, utilization_pct: 1 } }));
    const after = fleetOf(sampleNode({ last_heartbeat_ago_s: 4, cpu: { cores_physical: 8, utilization_pct: 99 } }));
    expect(fleetChanges(before, after)).toEqual([]);
  });
});
