import { fromGib } from "@herd/shared";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BackendSnapshot, FleetSnapshot, NodeSnapshot } from "../domain/fleet-snapshot.ts";
import { modelKeyOf } from "../domain/model-name.ts";
import { plainModel, plainNode } from "../domain/testing/plain-node.ts";
import { type PinFacts, planPins } from "./plan-pins.ts";

interface Held {
  readonly name: string;
  readonly isLoaded?: boolean;
}

const backendWith = (models: readonly Held[]): BackendSnapshot => ({
  id: "ollama",
  kind: "ollama",
  route: { kind: "direct", origin: "http://127.0.0.1:1", prefix: "" },
  reachability: "reachable",
  version: "0.24.0",
  reportedParallelism: undefined,
  models: new Map(
    models.map(({ name, isLoaded }) => {
      const key = modelKeyOf(name);
      if (key === undefined) throw new Error("no name");
      const loaded =
        isLoaded === true ? { sizeBytes: fromGib(4), vramBytes: undefined, contextLength: 4096 } : undefined;
      return [key, plainModel(name, { key, sizeBytes: fromGib(4), loaded })];
    }),
  ),
});

const node = (
  id: string,
  models: readonly Held[],
  { freeGb = 16, ...more }: Partial<NodeSnapshot> & { freeGb?: number } = {},
) =>
  plainNode(id, {
    backends: [backendWith(models)],
    memory: {
      total_gb: 32,
      used_gb: 32 - freeGb,
      available_gb: freeGb,
      pressure: "normal",
      wired_gb: 0,
      compressed_gb: 0,
    },
    ...more,
  });
const fleetOf = (nodes: readonly NodeSnapshot[]): FleetSnapshot => ({
  version: 1,
  nodes,
  holders: new Map(),
  aggregates: { medianBandwidth: undefined, medianDecodeSpeed: undefined },
});
const facts = (nodes: readonly NodeSnapshot[], more: Partial<PinFacts> = {}): PinFacts => ({
  fleet: fleetOf(nodes),
  pins: [{ model: "m", nodeId: undefined }],
  isResting: () => false,
  sizeOf: ({ sizeBytes }) => sizeBytes,
  mostPerNode: 3,
  endsSoon: () => false,
  isBusy: () => false,
  ...more,
});

describe("a pinned model", () => {
  test("is loaded where there is the most room for it, and where it is pinned if that was said", () => {
    const nodes = [node("a", [{ name: "m" }], { freeGb: 5 }), node("b", [{ name: "m" }])];
    expect(planPins(facts(nodes))).toEqual([{ nodeId: "b", model: "m" }]);
    expect(planPins(facts(nodes, { pins: [{ model: "M:latest", nodeId: "a" }] }))).toEqual([
      { nodeId: "a", model: "m" },
    ]);
  });

  test("is left alone when it is in memory somewhere, or nobody has it", () => {
    expect(planPins(facts([node("a", [{ name: "m" }]), node("b", [{ name: "m", isLoaded: true }])]))).toEqual([]);
    expect(planPins(facts([node("a", [{ name: "n" }])]))).toEqual([]);
  });

  test.each([
    ["offline", node("a", [{ name: "m" }], { status: "offline" })],
    ["draining", node("a", [{ name: "m" }], { isDraining: true })],
    ["simulated", node("a", [{ name: "m" }], { isSimulated: true })],
    ["too full", node("a", [{ name: "m" }], { freeGb: 3 })],
  ])("is not loaded on a machine that is %s", (_what, one) => {
    expect(planPins(facts([one]))).toEqual([]);
  });

  test("that will leave memory is told to stay, unless it stays elsewhere or its machine works", () => {
    const [one, other] = ["a", "b"].map((id) => node(id, [{ name: "m", isLoaded: true }])) as [
      NodeSnapshot,
      NodeSnapshot,
    ];
    const endsSoon = () => true;
    expect(planPins(facts([one, other], { endsSoon }))).toEqual([{ nodeId: "a", model: "m" }]);
    expect(planPins(facts([one], { endsSoon, mostPerNode: 1 }))).toEqual([{ nodeId: "a", model: "m" }]);
    expect(planPins(facts([one], { endsSoon, mostPerNode: 0 }))).toEqual([]);
    expect(planPins(facts([one], { endsSoon, isBusy: () => true }))).toEqual([]);
    expect(planPins(facts([one], { endsSoon, isResting: () => true }))).toEqual([]);
    expect(planPins(facts([{ ...one, isDraining: true }, other], { endsSoon }))).toEqual([{ nodeId: "b", model: "m" }]);
    const staysOnB = (model: unknown) => modelsOn(one).some((own) => own === model);
    expect(planPins(facts([one, other], { endsSoon: staysOnB }))).toEqual([]);
  });

  test("waits while its machine works, rests after a failure, or keeps enough pins", () => {
    const one = node("a", [{ name: "m" }, { name: "n", isLoaded: true }]);
    expect(planPins(facts([one], { isBusy: () => true }))).toEqual([]);
    expect(planPins(facts([one], { isResting: () => true }))).toEqual([]);
    const pins = ["m", "n"].map((model) => ({ model, nodeId: undefined }));
    expect(planPins(facts([one], { pins, mostPerNode: 1 }))).toEqual([]);
  });
});

const modelsOn = (one: NodeSnapshot | undefined) => (one?.backends ?? []).flatMap(({ models }) => [...models.values()]);

test("what nobody pinned makes room for a pin on an idle machine; another pin does not", () => {
  const full = node("a", [{ name: "m" }, { name: "n", isLoaded: true }], { freeGb: 1 });
  expect(planPins(facts([full]))).toEqual([{ nodeId: "a", model: "m" }]);
  const pins = ["m", "n"].map((model) => ({ model, nodeId: undefined }));
  expect(planPins(facts([full], { pins }))).toEqual([]);
});

test("no machine gets two loads at once, and none that does not fit", () => {
  const held = fc.uniqueArray(fc.record({ name: fc.constantFrom("m", "n", "o"), isLoaded: fc.boolean() }), {
    selector: ({ name }) => name,
  });
  const nodes = fc.array(fc.tuple(held, fc.integer({ min: 0, max: 20 })), { maxLength: 4 });
  fc.assert(
    fc.property(nodes, fc.subarray(["m", "n", "o"]), (list, names) => {
      const all = list.map(([models, freeGb], at) => node(`node-${at}`, models, { freeGb }));
      const loads = planPins(facts(all, { pins: names.map((model) => ({ model, nodeId: undefined })) }));
      expect(new Set(loads.map(({ nodeId }) => nodeId)).size).toBe(loads.length);
      for (const { nodeId, model } of loads) {
        const there = all.find((one) => one.nodeId === nodeId);
        const idle = modelsOn(there).filter(({ name, loaded }) => loaded !== undefined && !names.includes(name));
        expect((there?.memory.available_gb ?? 0) + 4 * idle.length).toBeGreaterThanOrEqual(4);
        expect(names).toContain(model);
      }
    }),
  );
});
