import { expect, test } from "vitest";
import type { FleetSnapshot, ModelSnapshot, NodeSnapshot } from "../domain/fleet-snapshot.ts";
import { modelKeyOf } from "../domain/model-name.ts";
import { plainModel, plainNode } from "../domain/testing/plain-node.ts";
import { chooseWriter } from "./choose-writer.ts";

const loaded = { sizeBytes: 6e9, vramBytes: undefined, contextLength: 8192 };

function fleetOf(
  name: string,
  model: Partial<ModelSnapshot> = {},
  node: Partial<NodeSnapshot> & { readonly reachability?: "unreachable" } = {},
): FleetSnapshot {
  const key = modelKeyOf(name);
  if (key === undefined) throw new Error(name);
  const shown = plainModel(name, { key, loaded, ...model });
  const backend = {
    id: "ollama",
    kind: "ollama" as const,
    route: { kind: "loopback" as const, origin: "http://127.0.0.1:1", prefix: "" },
    reachability: node.reachability ?? ("reachable" as const),
    version: "",
    reportedParallelism: undefined,
    models: new Map([[key, shown]]),
  };
  const machine = plainNode("n", { backends: [backend], ...node });
  return {
    version: 1,
    nodes: [machine],
    holders: new Map([[key, [{ node: machine, backend, model: shown, laneKey: `n:${name}` }]]]),
    aggregates: { medianBandwidth: undefined, medianDecodeSpeed: undefined },
  };
}

const idle = { wanted: "", waiting: 0, inFlightOn: () => 0 };

test("a chat model in memory on an idle node may write", () => {
  expect(chooseWriter({ ...idle, fleet: fleetOf("qwen3:8b") })).toEqual({ node: "n", model: "qwen3:8b" });
});

test.each([
  ["is not in memory", fleetOf("qwen3:8b", { loaded: undefined })],
  ["is small", fleetOf("qwen3:0.6b", { loaded: { ...loaded, sizeBytes: 8e8 } })],
  ["makes embeddings", fleetOf("x:1", { capabilities: ["embedding"] })],
  ["seems to make embeddings", fleetOf("nomic-embed-text:latest")],
  ["belongs to the demo", fleetOf("qwen3:8b", {}, { isSimulated: true })],
  ["is on a node that drains", fleetOf("qwen3:8b", {}, { isDraining: true })],
  ["is on a node that is late", fleetOf("qwen3:8b", {}, { status: "degraded" })],
  ["runs from a battery", fleetOf("qwen3:8b", {}, { power: { source: "battery" } })],
  ["cannot be reached", fleetOf("qwen3:8b", {}, { reachability: "unreachable" })],
])("a model that %s does not write", (_why, fleet) => {
  expect(chooseWriter({ ...idle, fleet })).toBeUndefined();
});

test("nobody writes while anybody waits, or on a node that works", () => {
  const fleet = fleetOf("qwen3:8b");
  expect(chooseWriter({ ...idle, fleet, waiting: 1 })).toBeUndefined();
  expect(chooseWriter({ ...idle, fleet, inFlightOn: () => 1 })).toBeUndefined();
});

test("the model of the settings writes, however small, and no other", () => {
  const small = fleetOf("qwen3:0.6b", { loaded: { ...loaded, sizeBytes: 8e8 } });
  expect(chooseWriter({ ...idle, fleet: small, wanted: "Qwen3:0.6b" })?.model).toBe("qwen3:0.6b");
  expect(chooseWriter({ ...idle, fleet: fleetOf("qwen3:8b"), wanted: "gemma3:4b" })).toBeUndefined();
  expect(chooseWriter({ ...idle, fleet: fleetOf("qwen3:8b"), wanted: "a b" })).toBeUndefined();
});
