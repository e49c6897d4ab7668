import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { chatAnswer, type ScriptedNode } from "./testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "./testing/test-router.ts";

let router: TestRouter;

beforeEach(async () => {
  router = await startTestRouter({ trustedProxies: ["127.0.0.1"], holdingS: 0 });
});
afterEach(() => router.close());

const ask = async (
  path: string,
  body?: object,
  { method = body === undefined ? "GET" : "POST", headers = {} } = {},
) => {
  const response = await fetch(router.url + path, {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    text,
    content: (text.startsWith("{") && !text.includes("\n") ? JSON.parse(text) : {}) as Record<string, never>,
  };
};
const api = (path: string, body?: object) => ask(`/dashboard/api${path}`, body);
const ELSEWHERE = { headers: { "x-forwarded-for": "192.168.1.9" } };

const record = (content: object): string => `${JSON.stringify(content)}\n`;

/** A node with these models on disk, which it pulls, deletes and loads. */
function storing(names: string[]): ScriptedNode["answer"] {
  return (call) => {
    const { path, method, body, response } = call;
    if (path === "/api/tags") {
      const models = names.map((name) => ({ name, model: name, size: 9, digest: "a".repeat(64), details: {} }));
      return void response.end(JSON.stringify({ models }));
    }
    if (path === "/api/pull") {
      response.writeHead(200, { "content-type": "application/x-ndjson" });
      response.write(record({ status: "pulling", digest: "sha256:a", total: 10, completed: 5 }));
      const { model } = JSON.parse(body) as { model: string };
      if (model.startsWith("bad")) return void response.end(record({ error: "file does not exist" }));
      names.push(`${model}:latest`);
      return void response.end(record({ status: "success" }));
    }
    if (path === "/api/delete" && method === "DELETE") return void response.end();
    if (path === "/api/generate") return void response.end(JSON.stringify({ done: true, done_reason: "load" }));
    chatAnswer(call);
  };
}

describe("models on nodes", () => {
  test("are listed with their use, the loaded ones first", async () => {
    await router.addNode(storing(["m:latest", "n:latest"]), { models: ["n", "m"], loaded: ["m"] });
    await ask("/api/chat", { model: "m", messages: [{ role: "user", content: "a" }], stream: false });
    const models = async () =>
      (await api("/model-management")).content["nodes"]?.[0]?.["models"] as unknown as object[];
    await expect.poll(models, { timeout: 15_000, interval: 500 }).toMatchObject([
      { name: "m:latest", loaded_in_vram: true, total_requests: 1, unused: false, size_gb: 4 },
      { name: "n:latest", loaded_in_vram: false, total_requests: 0, unused: true, last_used: null },
    ]);
  }, 20_000);

  test("are pulled, with progress if wanted, and what happened is kept", async () => {
    await router.addNode(storing(["m:latest"]));
    expect((await api("/pull", { model: "new", node_id: "node-1" })).content).toEqual({
      ok: true,
      node_id: "node-1",
      model: "new",
    });
    const failed = await api("/pull", { model: "bad" });
    expect([failed.status, failed.content["error"]]).toEqual([502, "file does not exist"]);
    const stream = await api("/pull", { model: "newer", stream: true });
    expect(stream.text.trim().split("\n").at(-1)).toBe('{"status":"success"}');
    expect((await api("/pulls")).content["pulls"]).toMatchObject([
      { model: "newer", status: "success", node_id: "node-1", total: 10 },
      { model: "bad", status: "failed", error: "file does not exist" },
      { model: "new", status: "success", error: null },
    ]);
    const events = async () =>
      (await api(`/model-events?limit=${10 + Math.floor(Math.random() * 900)}`)).content["events"] as unknown as {
        event: string;
      }[];
    await expect
      .poll(async () => (await events()).map(({ event }) => event), { timeout: 10_000 })
      .toEqual(["pulled", "pull_failed", "pulled"]);
  }, 20_000);

  test("a running pull is shown and can be cancelled", async () => {
    const node = await router.addNode(({ path, response }) => {
      if (path !== "/api/pull") return void response.end('{"models":[]}');
      response.writeHead(200, { "content-type": "application/x-ndjson" });
      response.write(record({ status: "pulling", digest: "sha256:a", total: 10, completed: 5 }));
    });
    const pulling = api("/pull", { model: "big" });
    const { response } = await node.call("/api/pull");
    const left = new Promise((resolve) => response.once("close", resolve));
    await expect.poll(async () => (await api("/pulls")).content["pulls"]).toMatchObject([{ completed: 5, total: 10 }]);
    expect((await api("/pulls/cancel", { id: "pull-1" })).content).toEqual({ status: "cancelled" });
    await left;
    expect((await pulling).content).toMatchObject({ ok: false, error: "it was cancelled" });
    expect((await api("/pulls/cancel", { id: "pull-1" })).content).toEqual({ status: "not_running" });
  });

  test("are deleted, but neither pinned nor loaded ones unless that is wanted", async () => {
    await router.addNode(storing(["m:latest", "n:latest"]), { models: ["m", "n"], loaded: ["m"] });
    expect((await api("/delete", { model: "m", node_id: "node-1" })).status).toBe(409);
    await api("/pinned-models", { node_id: "node-1", model: "n", pinned: true });
    const pinned = await api("/delete", { model: "n", node_id: "node-1" });
    expect([pinned.status, pinned.content["error"]]).toEqual([409, "'n' is pinned on node-1"]);
    expect((await api("/delete", { model: "n", node_id: "node-1", force: true })).status).toBe(200);
    expect((await api("/delete", { model: "none", node_id: "node-1" })).status).toBe(404);
    expect((await api("/delete", { model: "m", node_id: "nobody" })).status).toBe(404);
  });
});

describe("pins", () => {
  test("are kept in the predecessor's file and load the model", async () => {
    const node = await router.addNode(storing(["m:latest"]), { loaded: [] });
    const answer = await ask("/fleet/pin", { model: "m", wait: true });
    expect(answer.content).toMatchObject({ ok: true, node_id: "node-1", ready: true });
    const { body } = await node.call("/api/generate");
    expect(JSON.parse(body)).toEqual({ model: "m:latest", keep_alive: -1, stream: false });
    expect((await api("/pinned-models")).content).toEqual({
      env_pins: [],
      per_node: { "node-1": ["m"] },
      max_count: 3,
    });
    const path = join(router.assembly.live.values.dataDir, "pinned_models.json");
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ nodes: { "node-1": ["m"] } });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await ask("/fleet/pin/m", undefined, { method: "DELETE" })).content).toEqual({
      ok: true,
      model: "m",
      removed: 1,
    });
    expect((await api("/pinned-models")).content).toMatchObject({ per_node: {} });
    expect((await ask("/fleet/limits")).content).toMatchObject({ nodes: { "node-1": { models_loaded: 0 } } });
  });

  test("that cannot be are refused with the reason", async () => {
    await router.addNode(storing(["m:latest"]));
    expect((await ask("/fleet/pin", { model: "none" })).status).toBe(404);
    expect((await ask("/fleet/pin", { model: "m", node_id: "nobody" })).status).toBe(400);
    expect((await api("/pinned-models", { node_id: "node-1", model: "m" })).content).toMatchObject({ field: "pinned" });
    expect((await api("/pinned-models", { node_id: "node-1", model: "a\nb", pinned: true })).content).toMatchObject({
      field: "model",
    });
  });
});

describe("an operator", () => {
  test("drains a node, which takes nothing more whatever it reports, and resumes it", async () => {
    const node = await router.addNode(chatAnswer);
    const chat = () => ask("/api/chat", { model: "m", messages: [{ role: "user", content: "a" }], stream: false });
    expect((await api("/nodes/node-1/drain", {})).content).toEqual({ status: "draining", node_id: "node-1" });
    await router.join(node, { id: "node-1" });
    expect((await chat()).status).toBe(503);
    expect((await ask("/fleet/status")).content["nodes"]).toMatchObject([{ is_draining: true, is_cordoned: true }]);
    await api("/nodes/node-1/resume", {});
    expect((await chat()).status).toBe(200);
  });

  test("removes a node, and is told when it will come back", async () => {
    await router.addNode(chatAnswer);
    expect((await api("/nodes/node-1/remove", {})).content).toMatchObject({
      status: "removed",
      note: expect.any(String),
    });
    expect((await ask("/fleet/status")).content["nodes"]).toEqual([]);
    expect((await api("/nodes/node-1/remove", {})).status).toBe(404);
    expect((await api("/nodes/nobody/drain", {})).status).toBe(404);
  });

  test("is somebody on this machine", async () => {
    await router.addNode(chatAnswer);
    for (const path of ["/nodes/node-1/drain", "/pull", "/delete", "/pinned-models", "/pulls/cancel"]) {
      expect([path, (await ask(`/dashboard/api${path}`, {}, { method: "POST", ...ELSEWHERE })).status]).toEqual([
        path,
        403,
      ]);
    }
  });
});
