import { afterEach, beforeEach, expect, test } from "vitest";
import type { RouterSettings } from "../settings/settings.ts";
import { chatAnswer, type ScriptedNode } from "./testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "./testing/test-router.ts";

let router: TestRouter;
let node: ScriptedNode;

const start = async (settings: Partial<RouterSettings> = {}): Promise<void> => {
  router = await startTestRouter({ trustedProxies: ["127.0.0.1"], holdingS: 0, ...settings });
  node = await router.addNode(undefined, { models: ["other"] });
};

beforeEach(() => {
  names = ["other:latest"];
});
afterEach(() => router.close());

/** What the node's disk holds. */
let names: string[];

const record = (content: object): string => `${JSON.stringify(content)}\n`;

/** A node that pulls whatever it is asked for, of this size in bytes. */
const pulling =
  (total: number): ScriptedNode["answer"] =>
  (call) => {
    if (call.path === "/api/tags") {
      const models = names.map((name) => ({ name, model: name, size: 9, digest: "a".repeat(64), details: {} }));
      return void call.response.end(JSON.stringify({ models }));
    }
    if (call.path !== "/api/pull") return chatAnswer(call);
    const { model } = JSON.parse(call.body) as { model: string };
    call.response.writeHead(200, { "content-type": "application/x-ndjson" });
    call.response.write(record({ status: "pulling", digest: "sha256:a", total, completed: 1 }));
    setImmediate(() => {
      if (call.response.destroyed) return;
      names.push(model.includes(":") ? model : `${model}:latest`);
      call.response.end(record({ status: "success" }));
    });
  };

const chat = (model: string, headers: Record<string, string> = {}, path = "/api/chat") =>
  fetch(`${router.url}${path}`, {
    method: "POST",
    headers,
    body: JSON.stringify({ model, messages: [{ role: "user", content: "a" }], input: "a", stream: false }),
  });
const pulls = () => node.calls.filter(({ path }) => path === "/api/pull").length;
const ELSEWHERE = { "x-forwarded-for": "192.168.1.9" };

test("a model that stands behind an alias is pulled when it is asked for, once for all who wait, and serves them", async () => {
  await start({ modelAliases: { "gpt-4o": "wanted" } });
  node.answer = pulling(9);
  const replies = await Promise.all([chat("gpt-4o"), chat("gpt-4o", ELSEWHERE), chat("wanted")]);
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(pulls()).toBe(1);
  const listed = await (await fetch(`${router.url}/dashboard/api/pulls`)).json();
  expect(listed).toMatchObject({ pulls: [{ model: "wanted", origin: "auto", status: "success", node_id: "node-1" }] });
});

test("any other name is refused at once, also for callers on this machine", async () => {
  await start();
  node.answer = pulling(9);
  expect([(await chat("unknown")).status, pulls()]).toEqual([404, 0]);
});

test("switched on, callers on this machine get what they ask for; others do not, and embeddings never", async () => {
  await start({ autoPull: "on" });
  node.answer = pulling(9);
  expect((await chat("one", ELSEWHERE)).status).toBe(404);
  expect((await chat("one", {}, "/api/embed")).status).toBe(404);
  expect(pulls()).toBe(0);
  expect((await chat("one")).status).toBe(200);
});

test("switched off over HTTP, nothing is pulled; the predecessor's line does it", async () => {
  await start({ modelAliases: { alias: "wanted" } });
  node.answer = pulling(9);
  const change = await fetch(`${router.url}/dashboard/api/settings`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"auto_pull": false}',
  });
  expect(await change.json()).toMatchObject({ status: "updated", updated: { auto_pull: "off" } });
  expect([(await chat("alias")).status, pulls()]).toEqual([404, 0]);
});

test("what turns out too large is stopped, told as unknown, and left in peace for a while", async () => {
  await start({ modelAliases: { alias: "wanted" }, autoPullMaxGb: 1 });
  node.answer = ({ path, response }) => {
    if (path !== "/api/pull") return void response.end('{"models":[]}');
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    response.write(record({ status: "pulling", digest: "sha256:a", total: 2 ** 31, completed: 1 }));
  };
  expect((await chat("alias")).status).toBe(404);
  expect(router.logLines.join()).toContain("auto_pull_max_gb");
  expect([(await chat("alias")).status, pulls()]).toEqual([404, 1]);
});

test("a pull that fails ends in the same answer as an unknown name; one that takes long does not hold its client", async () => {
  await start({ modelAliases: { alias: "wanted", slow: "later" }, autoPullTimeout: 1 });
  node.answer = ({ path, body, response }) => {
    if (path !== "/api/pull" || body.includes("later")) return;
    response.end(record({ error: "pull model manifest: file does not exist" }));
  };
  const reply = await chat("alias");
  expect([reply.status, await reply.json()]).toEqual([404, { error: "model 'wanted' not found" }]);
  expect((await chat("slow")).status).toBe(404);
});
