import { nodeId } from "@herd/shared";
import { expect, test } from "vitest";
import { createLane } from "../../../admission/lane.ts";
import type { Registry } from "../../../fleet/registry.ts";
import { embeddersOf, type LaneSources, lanesOf } from "./current-facts.ts";

const rules = { assumed: 2, most: 8, reported: undefined, firstByteMs: () => undefined };
const laneOf = (node: string, changes: object = {}) => {
  const key = `${node}:m`;
  const lane = createLane({ key, nodeId: nodeId(node), backendId: "ollama", modelName: "m" }, rules as never);
  return Object.assign(lane, changes);
};
const registryOf = (nodes: readonly object[], heartbeats: Readonly<Record<string, object>> = {}) =>
  ({
    snapshot: () => ({ nodes }),
    record: (id: string) => ({ heartbeat: heartbeats[id] ?? {} }),
  }) as unknown as Registry;

const asked = (lanes: readonly ReturnType<typeof laneOf>[], slotMs: LaneSources["slotMs"] = () => undefined) =>
  lanesOf({
    book: { all: () => lanes },
    registry: registryOf([{ nodeId: "a" }, { nodeId: "demo", isSimulated: true }]),
    slotMs,
  });

test("only lanes of real machines on which something runs or waits are told", () => {
  const lanes = asked([laneOf("a", { waiting: 3, inFlight: 1 }), laneOf("b"), laneOf("demo", { waiting: 9 })]);
  expect(lanes.map((lane) => [lane.nodeId, lane.waiting, lane.inFlight])).toEqual([["a", 3, 1]]);
});

test("the time of a request is the learned one, else the mean since the start, else unknown", () => {
  const busy = laneOf("a", { waiting: 1, sums: { samples: 4, latencyMs: 2000, promptTokens: 0, completionTokens: 0 } });
  expect(asked([busy], () => 9000)[0]?.meanMs).toBe(9000);
  expect(asked([busy])[0]?.meanMs).toBe(500);
  expect(asked([laneOf("a", { waiting: 1 })])[0]?.meanMs).toBeUndefined();
});

test("servers for text embeddings are read from whatever a heartbeat says of them, the demo's left out", () => {
  const told = { text_embedding: { models_available: [{ name: "bge-small" }, { name: 7 }, null] } };
  const nodes = [{ nodeId: "a" }, { nodeId: "b" }, { nodeId: "c" }, { nodeId: "demo", isSimulated: true }];
  const odd = { text_embedding: "yes" };
  expect(embeddersOf(registryOf(nodes, { a: told, b: odd, demo: told }))).toEqual(new Map([["a", ["bge-small"]]]));
});
