import { afterEach, beforeEach, expect, test } from "vitest";
import { chatAnswer, type ScriptedNode, startScriptedNode } from "../testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "../testing/test-router.ts";

let router: TestRouter;
let demo: ScriptedNode;

beforeEach(async () => {
  router = await startTestRouter({ trustedProxies: ["127.0.0.1"], holdingS: 0 });
  demo = await startScriptedNode(chatAnswer);
  router.assembly.demo.open();
  const heartbeat = {
    node_id: "demo-node",
    simulated: true,
    ollama_host: `http://127.0.0.1:${demo.port}`,
    cpu: { cores_physical: 8, utilization_pct: 5 },
    memory: { total_gb: 512, used_gb: 1, available_gb: 511 },
    ollama: { models_loaded: [], models_available: ["demo-model:latest"], reachable: true },
  };
  await fetch(`${router.url}/heartbeat`, { method: "POST", body: JSON.stringify(heartbeat) });
});
afterEach(async () => {
  await router.close();
  await demo.kill();
});

const scrape = async (headers: Readonly<Record<string, string>> = {}): Promise<string> =>
  (await fetch(`${router.url}/metrics`, { headers })).text();

test("the demo is told to readers on this machine by its name, and to nobody else", async () => {
  const body = JSON.stringify({ model: "demo-model", messages: [{ role: "user", content: "hi" }] });
  const answer = await fetch(`${router.url}/api/chat`, { method: "POST", body });
  expect(answer.status).toBe(200);
  await answer.text();
  const here = await scrape();
  expect(here).toContain('herd_nodes{status="online"} 1');
  expect(here).toMatch(/herd_requests_total\{.*model="demo-model:latest",node="demo-node",.*traffic="demo"\} 1/);
  const elsewhere = await scrape({ "x-forwarded-for": "192.168.1.9" });
  expect(elsewhere).toContain('herd_nodes{status="online"} 0');
  expect(elsewhere).not.toContain("demo");
});

test("what the demo did is told to nobody else after its machines have left, either", async () => {
  const body = JSON.stringify({ model: "demo-model", messages: [{ role: "user", content: "hi" }] });
  await fetch(`${router.url}/api/chat`, { method: "POST", body }).then((answer) => answer.text());
  await router.assembly.demo.end();
  await expect.poll(() => scrape()).toContain('herd_nodes{status="online"} 0');
  expect(await scrape()).toMatch(/^herd_model_load_duration_seconds_count\{node="demo-node"\} 1$/m);
  expect(await scrape({ "x-forwarded-for": "192.168.1.9" })).not.toContain("demo");
});

test("who is on no private network reads nothing", async () => {
  const refused = await fetch(`${router.url}/metrics`, { headers: { "x-forwarded-for": "8.8.8.8" } });
  expect(refused.status).toBe(403);
  expect(await refused.text()).not.toContain("herd_");
});

test("listeners of the live events are counted", async () => {
  const leave = new AbortController();
  const events = await fetch(`${router.url}/dashboard/events`, { signal: leave.signal });
  await events.body?.getReader().read();
  expect(await scrape()).toMatch(/^herd_events_listeners 1$/m);
  leave.abort();
  await expect.poll(() => scrape()).toMatch(/^herd_events_listeners 0$/m);
});
