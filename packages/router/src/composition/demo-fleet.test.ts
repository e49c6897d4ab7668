import { nodeId } from "@herd/shared";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { chatAnswer, LAST_RECORD, type ScriptedNode, startScriptedNode } from "./testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "./testing/test-router.ts";

let router: TestRouter;
let demo: ScriptedNode;

beforeEach(async () => {
  router = await startTestRouter({ trustedProxies: ["127.0.0.1"], holdingS: 0 });
  demo = await startScriptedNode(chatAnswer);
});
afterEach(async () => {
  await router.close();
  await demo.kill();
});

/** A machine of the demo reports, with everything in memory and much room. */
async function report(): Promise<number> {
  const heartbeat = {
    node_id: "demo",
    simulated: true,
    ollama_host: `http://127.0.0.1:${demo.port}`,
    cpu: { cores_physical: 8, utilization_pct: 5 },
    memory: { total_gb: 512, used_gb: 1, available_gb: 511 },
    ollama: { models_loaded: [{ name: "m:latest", size_gb: 4, context_length: 4096 }], models_available: ["m:latest"] },
  };
  return (await fetch(`${router.url}/heartbeat`, { method: "POST", body: JSON.stringify(heartbeat) })).status;
}

const ELSEWHERE = { "x-forwarded-for": "192.168.1.9" };

const chat = (headers = {}) =>
  fetch(`${router.url}/api/chat`, {
    method: "POST",
    body: '{"model":"m","messages":[{"role":"user","content":"Hi"}],"stream":false}',
    headers,
  });

const nodesNow = () => router.assembly.fleet.registry.snapshot().nodes.map((node) => node.nodeId);

describe("machines of the demo", () => {
  test("may not report before the demo is opened, nor after it has ended", async () => {
    expect(await report()).toBe(403);
    router.assembly.demo.open();
    expect(await report()).toBe(200);
    await router.assembly.demo.end();
    expect([nodesNow(), await report()]).toEqual([[], 403]);
  });

  test("never serve a caller elsewhere, also where they have the very model that a real machine has", async () => {
    router.assembly.demo.open();
    await report();
    const real = await router.addNode(chatAnswer, { models: ["m"], freeGb: 5 });
    const served = await Promise.all(Array.from({ length: 6 }, () => chat(ELSEWHERE)));
    expect(served.map((reply) => reply.headers.get("x-fleet-node"))).toEqual(served.map(() => "node-1"));
    expect(demo.calls).toEqual([]);
    await router.join(real, { id: "node-1", drains: true });
    expect((await chat(ELSEWHERE)).status).toBe(503);
    const { rejected } =
      router.assembly.serving.decisions.of(router.assembly.serving.decisions.newest() ?? "")?.at(-1) ?? {};
    expect(rejected?.map(({ nodeId: id, filter }) => [id, filter])).toContainEqual(["demo", "simulated"]);
    expect(demo.calls).toEqual([]);
    const mine = await chat();
    expect([mine.headers.get("x-fleet-node"), mine.headers.get("x-fleet-simulated")]).toEqual(["demo", "true"]);
  });

  test("teach nothing and leave nothing but marked traces", async () => {
    const { stores, serving, fleet } = router.assembly;
    router.assembly.demo.open();
    await report();
    await (await chat()).text();
    await router.addNode(chatAnswer, { models: ["other"] });
    expect(serving.views.learnedOf("demo:m:latest").samples).toBe(0);
    expect(stores.knownModels.heldSince(0).map(({ name }) => name)).toEqual(["other:latest"]);
    await router.stop();
    expect(router.traces().map(({ node_id, simulated }) => [node_id, simulated])).toEqual([["demo", true]]);
    expect(fleet.registry.record(nodeId("demo"))?.heartbeat.simulated).toBe(true);
  });

  test("finish what runs when the demo ends, take nothing new, and go with their lanes", async () => {
    router.assembly.demo.open();
    await report();
    demo.answer = () => undefined;
    const running = chat();
    const { response } = await demo.call("/api/chat");
    const ended = router.assembly.demo.end();
    expect((await chat()).status).toBe(503);
    expect(nodesNow()).toEqual(["demo"]);
    response.end(JSON.stringify(LAST_RECORD));
    expect((await running).status).toBe(200);
    await ended;
    expect([nodesNow(), router.assembly.serving.book.all(), demo.calls.length]).toEqual([[], [], 1]);
  });
});

test("a folder that has seen a real backend says so, and what is there now is told apart", async () => {
  const fleet = router.assembly.demo;
  expect([fleet.hasSeenBackend(), fleet.realBackends().kind]).toEqual([false, "none"]);
  fleet.open();
  await report();
  expect([fleet.hasSeenBackend(), fleet.realBackends().kind]).toEqual([false, "none"]);
  const node = await startScriptedNode();
  await router.join(node, { models: [] });
  expect([fleet.hasSeenBackend(), fleet.realBackends().kind]).toEqual([true, "empty-here"]);
  await router.join(node, { models: ["m"] });
  expect(fleet.realBackends().kind).toBe("models");
  await node.kill();
});
