import { afterEach, beforeEach, expect, test } from "vitest";
import { chatAnswer } from "./testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "./testing/test-router.ts";

let router: TestRouter;
const open: AbortController[] = [];

beforeEach(async () => {
  router = await startTestRouter({ trustedProxies: ["127.0.0.1"] });
});
afterEach(async () => {
  for (const one of open.splice(0)) one.abort();
  await router.close();
});

/** Listens; the text so far can be looked at. */
async function listen(query = "", headers: Record<string, string> = {}) {
  const stop = new AbortController();
  open.push(stop);
  const response = await fetch(`${router.url}/dashboard/events${query}`, { headers, signal: stop.signal });
  const listener = { status: response.status, type: response.headers.get("content-type"), text: "", isOver: false };
  const decoder = new TextDecoder();
  void (async () => {
    for await (const chunk of response.body ?? []) listener.text += decoder.decode(chunk);
  })()
    .catch(() => undefined)
    .finally(() => {
      listener.isOver = true;
    });
  return Object.assign(listener, { leave: () => stop.abort() });
}

const told = (text: string, event?: string) =>
  text
    .split("\n\n")
    .filter(
      (one) =>
        one.includes("data: ") && (event === undefined ? !one.includes("event: ") : one.includes(`event: ${event}\n`)),
    )
    .map((one) => JSON.parse(one.slice(one.indexOf("data: ") + 6)) as { nodes: { node_id: string }[]; queues: object });

test("a dashboard of the predecessor hears the whole fleet, first at once", async () => {
  await router.addNode(chatAnswer);
  const one = await listen();
  expect([one.status, one.type]).toEqual([200, "text/event-stream; charset=utf-8"]);
  await expect.poll(() => told(one.text).length).toBeGreaterThan(0);
  expect(one.text).toMatch(/^retry: 3000\n\nid: /);
  expect(told(one.text)[0]).toMatchObject({
    nodes: [{ node_id: "node-1", status: "online", memory: { total_gb: 32 }, ollama: { models_available_count: 1 } }],
    queues: {},
    timestamp: expect.any(Number),
  });
});

test("who follows changes hears of new machines and ended requests, and catches up after a break", async () => {
  await router.addNode(chatAnswer);
  const one = await listen("?form=changes");
  await expect.poll(() => told(one.text, "snapshot").length).toBe(1);
  await router.addNode(chatAnswer);
  await expect
    .poll(() => told(one.text, "change").flatMap(({ nodes }) => nodes.map(({ node_id: id }) => id)))
    .toContain("node-2");
  const lastId =
    one.text
      .match(/id: (.+)\n/g)
      ?.at(-1)
      ?.slice(4, -1) ?? "";
  one.leave();
  const other = await listen("?form=changes");
  await fetch(`${router.url}/api/chat`, { method: "POST", body: '{"model":"m","stream":false}' });
  await expect.poll(() => told(other.text, "request")).toMatchObject([{ model: "m:latest", status: "completed" }]);
  const back = await listen("?form=changes", { "last-event-id": lastId });
  await expect.poll(() => told(back.text, "request").length).toBe(1);
  expect(told(back.text, "snapshot")).toEqual([]);
});

test("the demo's machines are told on this machine only", async () => {
  router.assembly.demo.open();
  const heartbeat = {
    ...{ node_id: "demo", simulated: true, ollama_host: "http://127.0.0.1:1" },
    cpu: { cores_physical: 8, utilization_pct: 5 },
    memory: { total_gb: 512, used_gb: 1, available_gb: 511 },
    ollama: {},
  };
  await fetch(`${router.url}/heartbeat`, { method: "POST", body: JSON.stringify(heartbeat) });
  const [here, there] = [await listen(), await listen("", { "x-forwarded-for": "192.168.1.9" })];
  await expect.poll(() => [told(here.text)[0]?.nodes.length, told(there.text)[0]?.nodes.length]).toEqual([1, 0]);
});

test("a stop of the router says farewell and waits for nobody", async () => {
  const one = await listen();
  await router.stop();
  await expect.poll(() => one.isOver).toBe(true);
  expect(one.text).toContain('event: bye\ndata: {"reason":"stopping"}');
});

test("an unknown form is refused, and so is the listener that is one too many", async () => {
  const wrong = await fetch(`${router.url}/dashboard/events?form=all`);
  expect([wrong.status, await wrong.json()]).toMatchObject([400, { field: "form" }]);
  const all = await Promise.all(Array.from({ length: 201 }, () => listen()));
  expect(all.map(({ status }) => status).filter((status) => status !== 200)).toEqual([503]);
  all[0]?.leave();
  await expect.poll(async () => (await listen()).status).toBe(200);
});
