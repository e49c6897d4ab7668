import { modelKey, nodeId } from "@herd/shared";
import { describe, expect, test } from "vitest";
import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { fleetSnapshotOf } from "../fleet-snapshot-of.ts";
import { nodeSnapshotOf } from "../node-snapshot-of.ts";
import { emptyRecord } from "../record-changes.ts";
import { makeHeartbeat, ORIGIN } from "../testing/heartbeats.ts";
import { planPull } from "./plan-pull.ts";

const NOW = 1_790_000_000_000;
const bounds = { degradedAfterMs: 15_000, offlineAfterMs: 30_000 };

interface Wishes {
  readonly freeGb?: number;
  readonly vramGb?: number;
  readonly bandwidth?: number;
  readonly models?: readonly string[];
  readonly sizesGb?: Readonly<Record<string, number>>;
  readonly isSimulated?: boolean;
  readonly isDraining?: boolean;
  readonly isReachable?: boolean;
  readonly agoMs?: number;
}

function node(id: string, wishes: Wishes = {}): NodeSnapshot {
  const { freeGb = 16, vramGb, bandwidth = 100, models = [], sizesGb = {}, isSimulated = false } = wishes;
  const heartbeat = makeHeartbeat(
    {
      node_id: id,
      simulated: isSimulated,
      memory_bandwidth_gbps: bandwidth,
      memory: {
        total_gb: 32,
        used_gb: 32 - freeGb,
        available_gb: freeGb,
        pressure: "normal",
        wired_gb: 0,
        compressed_gb: 0,
      },
      ...(vramGb === undefined ? {} : { gpus: [{ name: "card", vram_total_gb: vramGb }] }),
    },
    { models_available: [...models], reachable: wishes.isReachable ?? true, version: "0.24.0" },
  );
  const record = emptyRecord({ heartbeat, origin: ORIGIN, inventory: { facts: {}, sizesGb } });
  const lastHeartbeatAt = NOW - (wishes.agoMs ?? 0);
  const context = { now: NOW, bounds, traitsOf: () => undefined };
  return nodeSnapshotOf({ ...record, lastHeartbeatAt, isDraining: wishes.isDraining ?? false }, context);
}

function plan(
  nodes: readonly NodeSnapshot[],
  wish: { readonly id?: string; readonly disks?: Record<string, number> } = {},
) {
  const found = planPull(fleetSnapshotOf(nodes, { version: 1, medianDecodeSpeed: undefined }), {
    modelKey: modelKey("registry.ollama.ai/library/m:latest"),
    nodeId: wish.id,
    diskFreeGb: ({ nodeId: id }) => wish.disks?.[id],
  });
  return found.kind === "nodes" ? found.nodes.map((one) => one.nodeId) : found.code;
}

describe("a model that nobody has", () => {
  test("goes where most memory is free, graphics memory where there is some; equal ones are told apart by disk, then speed", () => {
    expect(plan([node("small", { freeGb: 4 }), node("card", { vramGb: 24 }), node("large", { freeGb: 20 })])).toEqual([
      "card",
      "large",
      "small",
    ]);
    const equal = [node("a"), node("b"), node("c", { bandwidth: 200 })];
    expect(plan(equal, { disks: { a: 10, b: 100, c: 10 } })).toEqual(["b", "c", "a"]);
  });

  test("never goes where the disk is full, the machine leaves, or nothing answers", () => {
    const nodes = [
      node("full"),
      node("leaving", { isDraining: true }),
      node("silent", { isReachable: false }),
      node("lost", { agoMs: 60_000 }),
    ];
    expect(plan(nodes, { disks: { full: 0 } })).toBe("HERD_NO_PULL_NODE");
    expect(plan([...nodes, node("good", { freeGb: 1 })], { disks: { full: 0 } })).toEqual(["good"]);
  });

  test("goes to a machine that reports late only after all others", () => {
    expect(plan([node("late", { freeGb: 30, agoMs: 20_000 }), node("fresh", { freeGb: 2 })])).toEqual([
      "fresh",
      "late",
    ]);
  });
});

describe("a model that somebody has", () => {
  const holder = (size: number) => node("holder", { freeGb: 1, models: ["m:latest"], sizesGb: { "m:latest": size } });

  test("is renewed there", () => {
    expect(plan([node("large", { freeGb: 30 }), holder(4)])[0]).toBe("holder");
  });

  test("goes elsewhere only where it fits into memory and onto the disk, the fastest first", () => {
    const nodes = [
      holder(20),
      node("slow", { freeGb: 30 }),
      node("fast", { freeGb: 2, bandwidth: 900 }),
      node("tight"),
    ];
    expect(plan(nodes, { disks: { tight: 20 } })).toEqual(["holder", "fast", "slow"]);
    expect(plan([holder(40), node("other")])).toEqual(["holder"]);
  });
});

describe("a pull", () => {
  test("for a named node goes there or nowhere", () => {
    const nodes = [node("a", { freeGb: 30 }), node("b", { isDraining: true })];
    expect(plan(nodes, { id: "b" })).toEqual([nodeId("b")]);
    expect(plan(nodes, { id: "c" })).toBe("HERD_UNKNOWN_NODE");
    expect(plan([node("a", { agoMs: 60_000 })], { id: "a" })).toBe("HERD_UNKNOWN_NODE");
  });

  test("goes to the demo only while no real backend answers", () => {
    const demo = node("demo", { freeGb: 30, isSimulated: true });
    expect(plan([demo, node("own", { isReachable: false })])).toEqual(["demo"]);
    expect(plan([demo, node("real", { freeGb: 1 })])).toEqual(["real"]);
    expect(plan([demo, node("real", { freeGb: 1 })], { id: "demo" })).toBe("HERD_UNKNOWN_NODE");
    expect(plan([demo, node("real", { isDraining: true })])).toBe("HERD_NO_PULL_NODE");
  });
});

describe("files that are uploaded", () => {
  const upload = (nodes: readonly NodeSnapshot[], sizeBytes?: number) => {
    const fleet = fleetSnapshotOf(nodes, { version: 1, medianDecodeSpeed: undefined });
    const diskFreeGb = ({ nodeId: id }: NodeSnapshot): number => (id === nodeId("full") ? 1 : 500);
    const found = planPull(fleet, { modelKey: undefined, nodeId: undefined, sizeBytes, diskFreeGb });
    return found.kind === "nodes" ? found.nodes.map((one) => one.nodeId) : found.code;
  };

  test("go where there is most room, whoever has which model, and not where they do not fit", () => {
    const nodes = [node("full", { freeGb: 24 }), node("small", { freeGb: 4, models: ["m:latest"] }), node("large")];
    expect(upload(nodes)).toEqual(["full", "large", "small"]);
    expect(upload(nodes, 5 * 2 ** 30)).toEqual(["large", "small"]);
    expect(upload(nodes, 900 * 2 ** 30)).toBe("HERD_NO_PULL_NODE");
  });
});
