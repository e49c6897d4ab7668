import { connect } from "node:net";
import type { ReceivedRequest, SimulatedOllama, SimulatedOllamaOptions } from "@herd/simulated-ollama";
import { describe, expect, test } from "vitest";
import { withCleanup } from "../support/cleanup.ts";
import { ask, openCall } from "../support/clients/http-call.ts";
import { type LocalFleet, laneLimit, startLocalFleet } from "../support/fleets/local-fleet.ts";
import { untilQueue } from "../support/fleets/queue.ts";
import { untilTraces } from "../support/fleets/stored-traces.ts";
import { until } from "../support/until.ts";

/** The promise: a client that leaves is felt everywhere within this time. */
const AT_ONCE_MS = 200;
const gibibyte = 2 ** 30;
const models = ["first:8b", "second:8b"].map((name) => ({
  name,
  sizeBytes: 2 * gibibyte,
  capabilities: ["completion"],
  contextLength: 8192,
  parameterSize: "8.0B",
  quantization: "Q4_K_M",
  family: "llama",
}));
const machine = { decodeTokensPerSecond: 50, diskBytesPerSecond: gibibyte };
const stream = (model: string) => ({
  path: "/api/chat",
  body: { model, messages: [{ role: "user", content: "Tell me a story" }], options: { num_predict: 1_000 } },
});

function withNode(
  options: Partial<SimulatedOllamaOptions>,
  happens: (fleet: LocalFleet, ollama: SimulatedOllama) => Promise<void>,
): Promise<void> {
  return withCleanup(async (cleanup) => {
    const environment = laneLimit(1);
    const fleet = await startLocalFleet(cleanup, {
      nodes: [{ models, machine, timeScale: 1, ...options }],
      environment,
    });
    const [node] = fleet.nodes;
    if (node === undefined) throw new Error("a fleet of one has a node");
    await happens(fleet, node.ollama);
  });
}

const inference = (ollama: SimulatedOllama): readonly ReceivedRequest[] =>
  ollama.received.filter(({ method, path }) => method === "POST" && path !== "/api/show");
const untilLeft = async (request: ReceivedRequest | undefined, leftAt: number): Promise<void> => {
  await until({ what: "the node sees the client's end", look: () => request?.closedByClientAt, withinMs: 2_000 });
  expect((request?.closedByClientAt ?? 0) - leftAt).toBeLessThan(AT_ONCE_MS);
};

// One after the other: what is promised here is a time.
describe("a client that leaves", () => {
  test("while its answer streams ends the node's work at once, and the next one starts", () =>
    withNode({ loaded: ["first:8b"] }, async ({ target, dataDir }, ollama) => {
      const first = openCall(target, stream("first:8b"));
      await first.firstByte;
      const second = openCall(target, stream("first:8b"));
      await untilQueue(target, { in_flight: 1, pending: 1 });
      const leftAt = Date.now();
      first.leave();
      await untilLeft(inference(ollama)[0], leftAt);
      const next = await until({ what: "the next request arrives", look: () => inference(ollama)[1], withinMs: 2_000 });
      expect(next.at - leftAt).toBeLessThan(AT_ONCE_MS);
      await second.firstByte;
      second.leave();
      await untilQueue(target, { in_flight: 0, pending: 0 });
      const traces = await untilTraces(dataDir, 2);
      expect(traces.map(({ status }) => status)).toEqual(["client_disconnected", "client_disconnected"]);
    }));

  test("before the first byte ends the node's work at once", () =>
    withNode({ loaded: ["first:8b"] }, async ({ target, dataDir }, ollama) => {
      ollama.setFault({ kind: "hang" });
      const call = openCall(target, stream("first:8b"));
      await until({ what: "the node has the request", look: () => inference(ollama)[0], withinMs: 5_000 });
      const leftAt = Date.now();
      call.leave();
      await untilLeft(inference(ollama)[0], leftAt);
      await untilQueue(target, { in_flight: 0, withinMs: AT_ONCE_MS });
      expect((await untilTraces(dataDir, 1))[0]).toMatchObject({ status: "client_disconnected", node_id: "node-a" });
    }));

  test("while it waits gives its place away, and no node ever hears of it", () =>
    withNode({ loaded: ["first:8b"] }, async ({ target, dataDir }, ollama) => {
      const first = openCall(target, stream("first:8b"));
      await first.firstByte;
      const second = openCall(target, stream("first:8b"));
      const third = openCall(target, stream("first:8b"));
      await untilQueue(target, { in_flight: 1, pending: 2 });
      second.leave();
      third.leave();
      await untilQueue(target, { in_flight: 1, pending: 0, withinMs: AT_ONCE_MS });
      first.leave();
      await untilQueue(target, { in_flight: 0 });
      expect(inference(ollama)).toHaveLength(1);
      const traces = await untilTraces(dataDir, 3);
      expect(traces.map(({ node_id }) => node_id).toSorted()).toEqual(["", "", "node-a"]);
    }));

  test("while no node can take it is forgotten", () =>
    withNode({}, async ({ target, dataDir }, ollama) => {
      await ollama.kill();
      const call = openCall(target, stream("first:8b"));
      await untilQueue(target, { held: 1 });
      call.leave();
      await untilQueue(target, { held: 0, withinMs: AT_ONCE_MS });
      expect((await untilTraces(dataDir, 1))[0]).toMatchObject({ status: "client_disconnected" });
      await ollama.listenAgain();
    }));

  test("while its model loads frees its slot, and the load goes on to its end", () =>
    withNode({}, async ({ target, dataDir }, ollama) => {
      const call = openCall(target, stream("first:8b"));
      await until({ what: "the load has begun", look: () => inference(ollama)[0], withinMs: 5_000 });
      expect(ollama.loadedModels()).toEqual([]);
      call.leave();
      await untilQueue(target, { in_flight: 0, withinMs: AT_ONCE_MS });
      await until({
        what: "the model is loaded",
        look: () => ollama.loadedModels().includes("first:8b"),
        withinMs: 10_000,
      });
      expect(inference(ollama)).toMatchObject([{ path: "/api/generate", closedByClientAt: undefined }]);
      expect((await untilTraces(dataDir, 1))[0]).toMatchObject({ status: "client_disconnected" });
      const again = openCall(target, stream("first:8b"));
      await again.firstByte;
      expect(inference(ollama).filter(({ closedByClientAt }) => closedByClientAt !== undefined)).toEqual([]);
      expect(inference(ollama).at(-1)?.path).toBe("/api/chat");
      again.leave();
    }));

  test("and comes again during the load meets the same load", () =>
    withNode({}, async ({ target }, ollama) => {
      for (let attempt = 0; attempt < 4; attempt += 1) {
        const before = inference(ollama).length;
        const call = openCall(target, stream("first:8b"));
        if (attempt === 0) {
          await until({ what: "the load has begun", look: () => inference(ollama).length > before, withinMs: 5_000 });
        } else await untilQueue(target, { queue_depth: 1 });
        call.leave();
        await untilQueue(target, { queue_depth: 0, withinMs: AT_ONCE_MS });
      }
      const last = openCall(target, stream("first:8b"));
      await last.firstByte;
      expect(inference(ollama).filter(({ closedByClientAt }) => closedByClientAt !== undefined)).toEqual([]);
      expect(inference(ollama).at(-1)?.path).toBe("/api/chat");
      last.leave();
    }));

  test("in the middle of its own body leaves nothing behind", () =>
    withNode({ loaded: ["first:8b"] }, async ({ target }, ollama) => {
      const socket = connect(target.port, "127.0.0.1");
      socket.write('POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n{"model":');
      await until({
        what: "the bytes are sent",
        look: () => socket.bytesWritten > 0 && !socket.pending,
        withinMs: 5_000,
      });
      socket.destroy();
      const reply = await ask(target, {
        path: "/api/generate",
        body: { model: "first:8b", prompt: "x", stream: false, options: { num_predict: 1 } },
      });
      expect(reply.status).toBe(200);
      await untilQueue(target, { queue_depth: 0 });
      expect(inference(ollama)).toHaveLength(1);
    }));

  test("after the last record has been served", () =>
    withNode({ loaded: ["first:8b"], timeScale: 0 }, async ({ target, dataDir }) => {
      const body = { model: "first:8b", messages: [{ role: "user", content: "Hi" }], stream: true, max_tokens: 5 };
      const call = openCall(target, { path: "/v1/chat/completions", body });
      await until({ what: "the last event", look: () => call.received().includes("[DONE]"), withinMs: 5_000 });
      call.leave();
      expect((await untilTraces(dataDir, 1))[0]).toMatchObject({ status: "completed" });
    }));
});
