import type { Heartbeat } from "@herd/shared";
import { parseHeartbeat } from "@herd/shared";
import { expect, test } from "vitest";
import { createNodeStore, type NodeToStore } from "./node-store.ts";
import { openStore } from "./testing/open-store.ts";

function heartbeatWith(models: readonly string[]): Heartbeat {
  const parsed = parseHeartbeat({
    node_id: "mac-mini",
    cpu: { cores_physical: 8, utilization_pct: 12.5 },
    memory: { total_gb: 32, used_gb: 10, available_gb: 20.5, pressure: "normal" },
    ollama: { models_loaded: [], models_available: models },
  });
  if (parsed.kind !== "report") throw new Error("the example is no heartbeat");
  return parsed.heartbeat;
}

const heartbeat = heartbeatWith(["gemma3:4b"]);
const node = (changes: Partial<NodeToStore> = {}): NodeToStore => ({
  nodeId: "mac-mini",
  publicKey: "key",
  address: "192.168.1.20",
  isLegacy: false,
  lastTime: 1_790_000_000_123,
  lastSeen: 1_790_000_000_200,
  heartbeat,
  inventory: { sizesGb: { "gemma3:4b": 3.3 } },
  ...changes,
});

function nodeStore() {
  const store = openStore();
  return { ...store, nodes: createNodeStore(store), reopened: () => createNodeStore(store) };
}

test("a node is read back as it was stored, with the time of its first heartbeat", () => {
  const { nodes, flusher, reopened } = nodeStore();
  nodes.save(node());
  flusher.flush();
  nodes.save(node({ lastTime: 1_790_000_005_123, lastSeen: 1_790_000_005_200, address: "192.168.1.21" }));
  flusher.flush();
  expect(reopened().load()).toEqual([
    {
      ...node({ lastTime: 1_790_000_005_123, lastSeen: 1_790_000_005_200, address: "192.168.1.21" }),
      firstSeen: 1_790_000_000_200,
    },
  ]);
});

test("many heartbeats before a write make one row, within two seconds", () => {
  const { nodes, clock, reopened } = nodeStore();
  for (let index = 0; index < 10; index += 1) nodes.save(node({ lastTime: index }));
  expect(clock.timers()).toBe(1);
  clock.advance(2000);
  expect(reopened().load()).toMatchObject([{ lastTime: 9, heartbeat }]);
});

test("the signed time is always stored, the long report once a minute or when its models changed", () => {
  const { nodes, flusher, connection } = nodeStore();
  const savedAt = () => connection.prepare<[], number>("SELECT saved_at FROM node_reports").pluck().get();
  nodes.save(node({ lastSeen: 1000 }));
  nodes.save(node({ lastSeen: 2000 }));
  flusher.flush();
  expect(savedAt()).toBe(2);
  nodes.save(node({ lastSeen: 60_000, lastTime: 60_000 }));
  flusher.flush();
  expect([savedAt(), nodes.load()[0]?.lastTime]).toEqual([2, 60_000]);
  nodes.save(node({ lastSeen: 61_000 }));
  flusher.flush();
  expect(savedAt()).toBe(61);
  nodes.save(node({ lastSeen: 62_000, heartbeat: heartbeatWith(["gemma3:4b", "llama3:8b"]) }));
  flusher.flush();
  expect(savedAt()).toBe(62);
});

test("a removed node is gone with its report, and comes back whole", () => {
  const { nodes, flusher, connection } = nodeStore();
  nodes.save(node());
  flusher.flush();
  nodes.remove("mac-mini");
  flusher.flush();
  expect(nodes.load()).toEqual([]);
  expect(connection.prepare("SELECT count(*) FROM node_reports").pluck().get()).toBe(0);
  nodes.save(node());
  flusher.flush();
  expect(nodes.load()).toMatchObject([{ nodeId: "mac-mini", heartbeat }]);
});

test("an agent of the predecessor has no key and no signed time", () => {
  const { nodes, flusher } = nodeStore();
  nodes.save(node({ publicKey: undefined, lastTime: undefined, isLegacy: true, inventory: undefined }));
  flusher.flush();
  const [stored] = nodes.load();
  expect([stored?.publicKey, stored?.lastTime, stored?.isLegacy]).toEqual([undefined, undefined, true]);
});

test("a report that somebody broke is absent, the node is not", () => {
  const { nodes, flusher, connection } = nodeStore();
  nodes.save(node());
  flusher.flush();
  connection.exec("UPDATE node_reports SET heartbeat = '{broken'");
  expect(nodes.load()).toMatchObject([{ nodeId: "mac-mini", heartbeat: undefined }]);
});
