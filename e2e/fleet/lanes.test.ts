import type { FleetStatus } from "@herd/shared";
import { describe, expect, test } from "vitest";
import { type Cleanup, withCleanup } from "../support/cleanup.ts";
import { ask, askJson, openCall, type Reply } from "../support/clients/http-call.ts";
import { laneLimit, startLocalAgent, startLocalFleet, startLocalRouter } from "../support/fleets/local-fleet.ts";
import { untilQueue } from "../support/fleets/queue.ts";
import { smallModel } from "../support/fleets/small-model.ts";
import { untilTraces } from "../support/fleets/stored-traces.ts";
import { holdHeader, type ReplayNode, startReplayNode } from "../support/programs/replay-node.ts";
import { until } from "../support/until.ts";

const REPLAYED = "smollm2:135m";
const prompt = (model: string, stream = false) => ({ model, prompt: "Hi", stream, options: { num_predict: 3 } });
const codeOf = ({ status, headers }: Reply) => [status, headers["x-herd-error"]];

/** Nodes that answer when they are told to, and count who is there. */
async function startReplayFleet(cleanup: Cleanup, count: number, environment: Readonly<Record<string, string>>) {
  const router = await startLocalRouter(cleanup, environment);
  const nodes: ReplayNode[] = [];
  for (let at = 0; at < count; at += 1) {
    const node = await startReplayNode(0);
    cleanup.add(node.close);
    const ollamaUrl = `http://127.0.0.1:${node.port}`;
    await startLocalAgent(cleanup, { id: `node-${at}`, routerUrl: router.url, ollamaUrl, beatS: 5 });
    nodes.push(node);
  }
  return { ...router, nodes };
}

describe.concurrent("the lanes of a fleet", () => {
  test("never hold more requests on a node than their limit, and use all of it", () =>
    withCleanup(async (cleanup) => {
      const { target, nodes } = await startReplayFleet(cleanup, 2, laneLimit(3));
      const asked = Array.from({ length: 120 }, (_, at) => {
        const headers = { [holdHeader]: String(5 + ((at * 37) % 60)) };
        return ask(target, { path: "/api/generate", body: prompt(REPLAYED), headers });
      });
      const statuses = (await Promise.all(asked)).map(({ status }) => status);
      expect(statuses).toEqual(asked.map(() => 200));
      expect(nodes.map((node) => node.peak())).toEqual([3, 3]);
      await untilQueue(target, { queue_depth: 0 });
      const { queues } = await askJson<FleetStatus>(target, { path: "/fleet/status" });
      expect(Object.values(queues).map(({ concurrency, in_flight }) => [concurrency, in_flight])).toEqual([
        [3, 0],
        [3, 0],
      ]);
    }));

  test("serve who came first", () =>
    withCleanup(async (cleanup) => {
      const { target, nodes } = await startReplayFleet(cleanup, 1, laneLimit(1));
      const open = (id: string) =>
        openCall(target, {
          path: "/api/generate",
          body: prompt(REPLAYED),
          headers: { "x-request-id": id, [holdHeader]: "gate" },
        });
      const calls = [];
      for (const id of ["a", "b", "c", "d", "e", "f"]) {
        calls.push(open(id));
        await untilQueue(target, { queue_depth: calls.length });
      }
      calls[2]?.leave();
      await untilQueue(target, { queue_depth: 5 });
      calls.push(open("g"));
      await untilQueue(target, { queue_depth: 6 });
      nodes[0]?.openGate();
      await Promise.all(calls.map(({ reply }) => reply));
      expect(nodes[0]?.order()).toEqual(["a", "b", "d", "e", "f", "g"]);
    }));

  test("turn away who finds too many waiting, in either dialect, with a time to come again", () =>
    withCleanup(async (cleanup) => {
      const environment = { ...laneLimit(1), FLEET_QUEUE_LIMIT: "2" };
      const { target, nodes } = await startReplayFleet(cleanup, 1, environment);
      const open = () =>
        openCall(target, { path: "/api/generate", body: prompt(REPLAYED), headers: { [holdHeader]: "gate" } });
      const calls = [open(), open(), open()];
      await untilQueue(target, { in_flight: 1, pending: 2 });
      const native = await ask(target, { path: "/api/generate", body: prompt(REPLAYED) });
      expect([...codeOf(native), native.headers["retry-after"]]).toEqual([503, "HERD_QUEUE_FULL", "1"]);
      expect(JSON.parse(native.text)).toEqual({ error: expect.stringMatching(/^server busy, please try again\./) });
      const messages = [{ role: "user", content: "Hi" }];
      const other = await ask(target, { path: "/v1/chat/completions", body: { model: REPLAYED, messages } });
      expect([...codeOf(other), other.headers["retry-after"]]).toEqual([503, "HERD_QUEUE_FULL", "1"]);
      expect(JSON.parse(other.text)).toMatchObject({
        error: { message: expect.stringMatching(/^server busy/), type: "api_error" },
      });
      nodes[0]?.openGate();
      expect((await Promise.all(calls.map(({ reply }) => reply))).map(({ status }) => status)).toEqual([200, 200, 200]);
    }));

  test("end a wait at its deadline, and nothing that has been dispatched", () =>
    withCleanup(async (cleanup) => {
      const environment = { ...laneLimit(1), FLEET_WAIT_DEADLINE_S: "0.5" };
      const { target, dataDir, nodes } = await startReplayFleet(cleanup, 1, environment);
      const running = openCall(target, {
        path: "/api/generate",
        body: prompt(REPLAYED),
        headers: { [holdHeader]: "gate" },
      });
      await untilQueue(target, { in_flight: 1 });
      const waiting = await ask(target, { path: "/api/generate", body: prompt(REPLAYED) });
      expect(codeOf(waiting)).toEqual([503, "HERD_WAIT_DEADLINE"]);
      expect(running.isOver()).toBe(false);
      nodes[0]?.openGate();
      expect((await running.reply).status).toBe(200);
      expect((await untilTraces(dataDir, 2)).map(({ status }) => status)).toEqual(["failed", "no_output"]);
    }));

  test("let one model after the other load on a node, and both on two", () =>
    withCleanup(async (cleanup) => {
      const models = [smallModel("one:3b"), smallModel("two:3b")];
      const machine = { diskBytesPerSecond: 4 * 2 ** 30 };
      const fleet = await startLocalFleet(cleanup, { nodes: [{ models, machine, timeScale: 1 }] });
      const ollama = fleet.nodes[0]?.ollama;
      const seen: (readonly string[])[] = [];
      ollama?.onRequest(({ path }) => path === "/api/generate" && seen.push([...ollama.loadedModels()]));
      const asked = ["one:3b", "two:3b"].map((model) =>
        ask(fleet.target, {
          path: "/api/chat",
          body: { model, messages: [{ role: "user", content: "Hi" }], stream: false },
        }),
      );
      expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200]);
      // The second load is sent when the first model is in memory.
      expect(seen.map((names) => names.length)).toEqual([0, 1]);
    }));

  test("give a request to the node that has its model in memory", () =>
    withCleanup(async (cleanup) => {
      const models = [smallModel("one:3b"), smallModel("two:3b")];
      const nodes = [
        { models, loaded: ["one:3b"] },
        { models, loaded: ["two:3b"] },
      ];
      const fleet = await startLocalFleet(cleanup, { nodes });
      for (let round = 0; round < 5; round += 1) {
        for (const [model, node] of [
          ["one:3b", "node-a"],
          ["two:3b", "node-b"],
        ] as const) {
          const reply = await ask(fleet.target, { path: "/api/generate", body: prompt(model) });
          expect([reply.status, reply.headers["x-fleet-node"]]).toEqual([200, node]);
        }
      }
    }));

  test("pass every record on as it comes", () =>
    withCleanup(async (cleanup) => {
      const fleet = await startLocalFleet(cleanup, { nodes: [{ models: [smallModel("one:3b")], loaded: ["one:3b"] }] });
      fleet.nodes[0]?.ollama.setFault({ kind: "hang", afterRecords: 1 });
      const call = openCall(fleet.target, { path: "/api/generate", body: prompt("one:3b", true) });
      const record = await until({
        what: "the first record",
        look: () => call.received().includes("\n") && call.received(),
        withinMs: 5_000,
      });
      expect(JSON.parse(record.toString())).toMatchObject({ model: "one:3b", done: false });
      call.leave();
    }));

  test("hold a request while the only node with its model cannot serve it, and then say when to come again", () =>
    withCleanup(async (cleanup) => {
      const router = await startLocalRouter(cleanup, { FLEET_HOLDING_S: "1" });
      const node = await startReplayNode(0);
      cleanup.add(node.close);
      await startLocalAgent(cleanup, {
        id: "node-0",
        routerUrl: router.url,
        ollamaUrl: `http://127.0.0.1:${node.port}`,
        beatS: 5,
      });
      node.close();
      await until({
        what: "the backend is shown as unreachable",
        look: async () =>
          (await askJson<FleetStatus>(router.target, { path: "/fleet/status" })).nodes[0]?.backends[0]?.is_reachable ===
          false,
        withinMs: 15_000,
      });
      const since = performance.now();
      const reply = await ask(router.target, { path: "/api/generate", body: prompt(REPLAYED) });
      expect([...codeOf(reply), Number(reply.headers["retry-after"]) > 0]).toEqual([503, "HERD_NO_CANDIDATE", true]);
      expect(performance.now() - since).toBeGreaterThan(900);
    }));
});
