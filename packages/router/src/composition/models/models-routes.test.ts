import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RouterSettings } from "../../settings/settings.ts";
import { chatAnswer, jsonAnswer, type ScriptedNode } from "../testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "../testing/test-router.ts";

let router: TestRouter;

beforeEach(async () => {
  router = await startTestRouter();
});
afterEach(() => router.close());

async function restartWith(settings: Partial<RouterSettings>): Promise<void> {
  await router.close();
  router = await startTestRouter(settings);
}

/** What these routes tell; each tells a part of it. */
interface Told {
  readonly nodes: Three;
  readonly models: Three;
  readonly pulls: Three;
  readonly events: readonly Told[];
  readonly name: string;
  readonly id: string;
  readonly error: string;
  readonly ok: boolean;
  readonly total_requests: number;
  readonly is_draining: boolean;
  readonly is_cordoned: boolean;
}
type Three = readonly [Told, Told, Told];

interface Answer {
  readonly status: number;
  readonly code: string | null;
  readonly content: Told;
}

interface Sent {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

async function call(method: string, path: string, { body, headers = {} }: Sent = {}): Promise<Answer> {
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const reply = await fetch(`${router.url}${path}`, { method, headers, ...(text === undefined ? {} : { body: text }) });
  const answer = await reply.text();
  return {
    status: reply.status,
    code: reply.headers.get("x-herd-error"),
    content: answer === "" ? undefined : JSON.parse(answer),
  };
}
const get = (path: string) => call("GET", path);
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  call("POST", path, { body, headers: { "content-type": "application/json", ...headers } });

/** A node that pulls, deletes, loads and lists. */
function diskNode(models: string[]) {
  const routes: Readonly<Record<string, ScriptedNode["answer"]>> = {
    "/api/delete": ({ body, response }) => {
      models.splice(models.indexOf((JSON.parse(body) as { model: string }).model), 1);
      response.writeHead(200).end();
    },
    "/api/pull": ({ body, response }) => {
      models.push((JSON.parse(body) as { model: string }).model);
      response.writeHead(200, { "content-type": "application/x-ndjson" });
      response.write('{"status":"pulling","digest":"sha256:a","total":100,"completed":40}\n');
      response.end('{"status":"success"}\n');
    },
    "/api/generate": jsonAnswer(200, { done: true, done_reason: "load" }),
  };
  const list = (): ScriptedNode["answer"] =>
    jsonAnswer(200, { models: models.map((name) => ({ name, size: 4 * 2 ** 30 })) });
  const answer: ScriptedNode["answer"] = (one) =>
    (one.path === "/api/tags" ? list() : (routes[one.path] ?? chatAnswer))(one);
  return { answer, models };
}

const chat = (model = "m") =>
  fetch(`${router.url}/api/chat`, {
    method: "POST",
    body: JSON.stringify({ model, messages: [{ role: "user", content: "hi" }], stream: false }),
  }).then((reply) => reply.text());

describe("model management", () => {
  test("lists what is on each node with its use, what is in memory first", async () => {
    await router.addNode(chatAnswer, { models: ["m", "a:1b", "b:1b"], loaded: ["b:1b", "m"] });
    await chat("m");
    await chat("m");
    await expect
      .poll(async () => (await get("/dashboard/api/model-management")).content.nodes[0].models[0].total_requests, {
        timeout: 15_000,
        interval: 500,
      })
      .toBe(2);
    const { status, content } = await get("/dashboard/api/model-management");
    expect(status).toBe(200);
    const [node] = content.nodes;
    expect(node).toMatchObject({ node_id: "node-1", total_size_gb: 12, disk_available_gb: null, disk_total_gb: null });
    expect(node.models.map(({ name }: { name: string }) => name)).toEqual(["m:latest", "b:1b", "a:1b"]);
    expect(node.models[0]).toMatchObject({ loaded_in_vram: true, unused: false, days_unused: 0, size_gb: 4 });
    expect(node.models[2]).toMatchObject({
      loaded_in_vram: false,
      unused: true,
      days_unused: null,
      last_used: null,
      total_requests: 0,
      category: expect.any(String),
      display_name: expect.any(String),
    });
  }, 30_000);
});

describe("model management asks the nodes", () => {
  const listed = async (): Promise<readonly Readonly<Record<string, unknown>>[]> =>
    (await get("/dashboard/api/model-management")).content.nodes as unknown as Readonly<Record<string, unknown>>[];

  test("so that what is on a disk since the last report is there with size and time; each is asked once for all", async () => {
    const models = ["m:latest"];
    const node = await router.addNode(({ path, response }) => {
      const all = models.map((name) => ({ name, size: 2 ** 31, modified_at: "2026-10-01T08:00:00Z" }));
      response.end(JSON.stringify({ models: path === "/api/tags" ? all : [] }));
    });
    models.push("new:1b");
    const [[seen]] = await Promise.all([listed(), listed(), listed()]);
    expect(seen).toMatchObject({ answered_at: expect.any(Number), total_size_gb: 4 });
    const added = { name: "new:1b", size_gb: 2, modified_at: "2026-10-01T08:00:00Z" };
    expect(seen?.["models"]).toContainEqual(expect.objectContaining(added));
    // What has left memory since the report is told, too.
    expect(seen?.["models"]).toMatchObject([{ loaded_in_vram: false }, { loaded_in_vram: false }]);
    expect(node.calls.filter(({ path }) => path === "/api/tags")).toHaveLength(1);
  });

  test("and waits for none that is silent: it is listed as it last reported", async () => {
    const silent = await router.addNode(() => undefined);
    await router.addNode(jsonAnswer(200, { models: [] }), { loaded: [] });
    await router.addNode(({ response }) => void response.end("no JSON"));
    const nodes = await listed();
    expect(nodes).toMatchObject([
      { node_id: "node-1", answered_at: null, models: [{ name: "m:latest", size_gb: 4 }] },
      { node_id: "node-2", answered_at: expect.any(Number), models: [] },
      { node_id: "node-3", answered_at: null, models: [{ name: "m:latest" }] },
    ]);
    expect(silent.calls.some(({ path }) => path === "/api/tags")).toBe(true);
    // Shorter than the router's own patience with a node.
  }, 4_000);
});

describe("a pull from the dashboard", () => {
  test("answers when it is done, is listed with its bytes, and is recorded", async () => {
    const disk = diskNode(["m:latest"]);
    await router.addNode(disk.answer);
    const done = await post("/dashboard/api/pull", { node_id: "node-1", model: "new:1b" });
    expect([done.status, done.content]).toEqual([200, { ok: true, node_id: "node-1", model: "new:1b" }]);
    const { content } = await get("/dashboard/api/pulls");
    expect(content.pulls).toMatchObject([
      { model: "new:1b", node_id: "node-1", status: "success", completed: 100, total: 100, error: null },
    ]);
    const names = (await get("/dashboard/api/model-management")).content.nodes[0].models;
    expect(names.map(({ name }: { name: string }) => name)).toContain("new:1b");
    await expect
      .poll(async () => (await get("/dashboard/api/model-events?model=new:1b")).content.events, { timeout: 15_000 })
      .toMatchObject([{ event: "pulled", node_id: "node-1", model: "new:1b" }]);
  }, 30_000);

  test("whose reader leaves is ended", async () => {
    const node = await router.addNode((one) => {
      if (one.path !== "/api/pull") return chatAnswer(one);
      one.response.writeHead(200).write('{"status":"pulling","digest":"sha256:a","total":100,"completed":40}\n');
      return undefined;
    });
    const leave = new AbortController();
    const reply = await fetch(`${router.url}/dashboard/api/pull`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "new:1b", stream: true }),
      signal: leave.signal,
    });
    await reply.body?.getReader().read();
    const { response } = await node.call("/api/pull");
    const dropped = new Promise((resolve) => response.once("close", resolve));
    leave.abort();
    await dropped;
    await expect
      .poll(async () => (await get("/dashboard/api/pulls")).content.pulls[0])
      .toMatchObject({ status: "cancelled", error: expect.any(String), ended_at: expect.any(Number) });
    expect(router.logLines.join("")).not.toContain("a route of the dashboard failed");
  });

  test("whose reader leaves before its first record is ended, and no fault", async () => {
    const node = await router.addNode((one) => (one.path === "/api/pull" ? undefined : chatAnswer(one)));
    const leave = new AbortController();
    const reply = fetch(`${router.url}/dashboard/api/pull`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "new:1b", stream: true }),
      signal: leave.signal,
    });
    const { response } = await node.call("/api/pull");
    const dropped = new Promise((resolve) => response.once("close", resolve));
    leave.abort();
    await reply.catch(() => undefined);
    await dropped;
    await expect.poll(async () => (await get("/dashboard/api/pulls")).content.pulls[0]).toMatchObject({ clients: 1 });
    expect(router.logLines.join("")).not.toContain("a route of the dashboard failed");
  });

  test("streams its records for who asks for that", async () => {
    await router.addNode(diskNode(["m:latest"]).answer);
    const reply = await fetch(`${router.url}/dashboard/api/pull`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "new:1b", stream: true }),
    });
    const lines = (await reply.text()).trim().split("\n");
    expect(reply.headers.get("content-type")).toContain("ndjson");
    expect(lines.map((line) => JSON.parse(line).status)).toEqual(["pulling", "success"]);
  });

  test("that is refused tells why in its only record, for who asks for records", async () => {
    const node = await router.addNode(diskNode(["m:latest"]).answer);
    await router.addNode(chatAnswer, { models: ["known:1b"] });
    await call("POST", "/heartbeat", { body: fullDisk(node.port) });
    for (const [body, why] of [
      [{ model: "x", node_id: "nobody" }, "there is no node"],
      [{ model: "known:1b", node_id: "node-1" }, "GiB are needed"],
    ] as const) {
      const reply = await fetch(`${router.url}/dashboard/api/pull`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ ...body, stream: true }),
      });
      expect(JSON.parse(await reply.text())).toMatchObject({ error: expect.stringContaining(why) });
    }
  });

  test("can be ended, and its node hears of it", async () => {
    const node = await router.addNode((one) => {
      if (one.path !== "/api/pull") return chatAnswer(one);
      one.response.writeHead(200).write('{"status":"pulling","digest":"sha256:a","total":100,"completed":40}\n');
      return undefined;
    });
    const asked = post("/dashboard/api/pull", { node_id: "node-1", model: "new:1b" });
    const { response } = await node.call("/api/pull");
    const dropped = new Promise((resolve) => response.once("close", resolve));
    await expect
      .poll(async () => (await get("/dashboard/api/pulls")).content.pulls[0])
      .toMatchObject({ completed: 40, total: 100, ended_at: null });
    const { id } = (await get("/dashboard/api/pulls")).content.pulls[0];
    expect((await post("/dashboard/api/pulls/cancel", { id })).content).toEqual({ status: "cancelled" });
    await dropped;
    expect((await asked).content).toMatchObject({ ok: false, error: expect.stringContaining("cancelled") });
    expect((await post("/dashboard/api/pulls/cancel", { id })).content).toEqual({ status: "not_running" });
    expect((await get("/dashboard/api/pulls")).content.pulls[0]).toMatchObject({ status: "cancelled" });
  });

  test("is ended for all who wait for it, and each is told", async () => {
    const node = await router.addNode((one) => {
      if (one.path !== "/api/pull") return chatAnswer(one);
      one.response.writeHead(200).write('{"status":"pulling","digest":"sha256:a","total":100,"completed":40}\n');
      return undefined;
    });
    const asked = post("/dashboard/api/pull", { node_id: "node-1", model: "new:1b" });
    const { response } = await node.call("/api/pull");
    const dropped = new Promise((resolve) => response.once("close", resolve));
    const body = JSON.stringify({ name: "new:1b", node_id: "node-1" });
    const guest = fetch(`${router.url}/api/pull`, { method: "POST", body }).then((reply) => reply.text());
    const rows = async () => (await get("/dashboard/api/pulls")).content.pulls;
    await expect.poll(rows).toMatchObject([{ clients: 2, completed: 40 }]);
    const [{ id }] = await rows();
    expect((await post("/dashboard/api/pulls/cancel", { id })).content).toEqual({ status: "cancelled" });
    await dropped;
    expect((await guest).trim().split("\n").at(-1)).toMatch(/cancelled/);
    expect((await asked).content).toMatchObject({ ok: false, error: expect.stringContaining("cancelled") });
    expect(await rows()).toMatchObject([{ id, status: "cancelled" }]);
    expect(node.calls.filter(({ path }) => path === "/api/pull")).toHaveLength(1);
  });

  test.each([
    [{ model: "x", node_id: "nobody" }, 404],
    [{ model: "x\u001b[31m", node_id: "node-1" }, 400],
    [{ model: "<img src=x>", node_id: "node-1" }, 400],
    [{ model: "../../etc", node_id: "node-1" }, 400],
    [{ model: "" }, 400],
    [{ model: 7 }, 400],
    [{}, 400],
    [{ model: "x", nodes: [] }, 400],
    ["{", 400],
    ["[]", 400],
  ])("%j is refused with %i", async (body, status) => {
    const node = await router.addNode(diskNode(["m:latest"]).answer);
    const answer = await post("/dashboard/api/pull", body);
    expect([answer.status, typeof answer.content.error]).toEqual([status, "string"]);
    expect(node.calls.filter(({ path }) => path === "/api/pull")).toEqual([]);
  });
});

const fullDisk = (port: number) => ({
  node_id: "node-1",
  ollama_host: `http://127.0.0.1:${port}`,
  cpu: { cores_physical: 8, utilization_pct: 5 },
  memory: { total_gb: 32, used_gb: 8, available_gb: 24 },
  disk: { total_gb: 100, used_gb: 98, available_gb: 2 },
  ollama: { models_available: ["other:latest"], models_loaded: [], version: "0.24.0" },
});

describe("a pull without room on the disk", () => {
  test("is refused before it begins where the size is known, and ended where it turns out", async () => {
    const node = await router.addNode(
      (one) => {
        if (one.path !== "/api/pull") return chatAnswer(one);
        one.response.writeHead(200);
        one.response.write(`{"status":"pulling","digest":"sha256:a","total":${9 * 2 ** 30},"completed":1}\n`);
        return undefined;
      },
      { models: ["other"] },
    );
    await router.addNode(chatAnswer, { models: ["known:1b"] });
    await call("POST", "/heartbeat", { body: fullDisk(node.port) });
    const known = await post("/dashboard/api/pull", { node_id: "node-1", model: "known:1b" });
    expect([known.status, known.content]).toEqual([
      507,
      { ok: false, error: "the disk of 'node-1' has 2 GiB left for models; 4 GiB are needed" },
    ]);
    expect(node.calls.filter(({ path }) => path === "/api/pull")).toEqual([]);
    const unknown = await post("/dashboard/api/pull", { node_id: "node-1", model: "unknown:1b" });
    expect([unknown.status, unknown.content.error]).toEqual([507, expect.stringContaining("9 GiB are needed")]);
    expect((await get("/dashboard/api/pulls")).content.pulls).toMatchObject([
      { status: "failed" },
      { status: "failed" },
    ]);
  });
});

describe("a deletion", () => {
  test("spares what is pinned or in memory unless it is forced", async () => {
    const disk = diskNode(["m:latest", "p:1b", "x:1b"]);
    await router.addNode(disk.answer, { models: ["m", "p:1b", "x:1b"], loaded: ["m"] });
    await post("/dashboard/api/pinned-models", { node_id: "node-1", model: "p:1b", pinned: true });
    for (const model of ["m", "p:1b"]) {
      const { status, content } = await post("/dashboard/api/delete", { node_id: "node-1", model });
      expect([model, status, content]).toEqual([
        model,
        409,
        { ok: false, error: expect.any(String), hint: expect.any(String) },
      ]);
    }
    const plain = await post("/dashboard/api/delete", { node_id: "node-1", model: "x:1b" });
    expect([plain.status, plain.content]).toEqual([200, { ok: true, node_id: "node-1", model: "x:1b" }]);
    expect((await post("/dashboard/api/delete", { node_id: "node-1", model: "m:latest", force: true })).status).toBe(
      200,
    );
    expect(disk.models).toEqual(["p:1b"]);
    await expect
      .poll(async () => (await get("/dashboard/api/model-events?node_id=node-1&limit=100")).content.events, {
        timeout: 15_000,
      })
      .toEqual(expect.arrayContaining([expect.objectContaining({ event: "deleted", model: "x:1b" })]));
  }, 30_000);

  test("of a model that the settings pin is refused, too", async () => {
    await restartWith({ pinnedModels: ["p:1b"] });
    await router.addNode(diskNode(["p:1b"]).answer, { models: ["p:1b"], loaded: [] });
    expect((await post("/dashboard/api/delete", { node_id: "node-1", model: "p:1b" })).status).toBe(409);
  });

  test("by a client of Ollama's API is recorded, too", async () => {
    await router.addNode(diskNode(["x:1b"]).answer, { models: ["x:1b"], loaded: [] });
    expect((await call("DELETE", "/api/delete", { body: { model: "x:1b" } })).status).toBe(200);
    await expect
      .poll(async () => (await get("/dashboard/api/model-events")).content.events, { timeout: 15_000 })
      .toMatchObject([{ event: "deleted", model: "x:1b", node_id: "node-1" }]);
  }, 30_000);

  test.each([
    [{ node_id: "nobody", model: "m" }, 404],
    [{ node_id: "node-1", model: "other" }, 404],
    [{ node_id: "node-1", model: "a\nb" }, 400],
    [{ model: "m" }, 400],
    [{ node_id: "node-1", model: "m", force: "yes" }, 400],
  ])("%j is refused with %i", async (body, status) => {
    await router.addNode(diskNode(["m:latest"]).answer);
    expect((await post("/dashboard/api/delete", body)).status).toBe(status);
  });
});

describe("pinned models", () => {
  test("are kept in the predecessor's file, which nobody else can read, and loaded", async () => {
    const disk = diskNode(["m:latest", "p:1b"]);
    const node = await router.addNode(disk.answer, { models: ["m", "p:1b"], loaded: ["m"] });
    const { status, content } = await post("/dashboard/api/pinned-models", {
      node_id: "node-1",
      model: "p:1b",
      pinned: true,
    });
    expect([status, content]).toEqual([200, { ok: true, per_node: { "node-1": ["p:1b"] } }]);
    const load = await node.call("/api/generate");
    expect(JSON.parse(load.body)).toMatchObject({ model: "p:1b", keep_alive: -1 });
    const path = join(router.assembly.live.values.dataDir, "pinned_models.json");
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
      nodes: { "node-1": ["p:1b"] },
      updated_at: expect.any(Number),
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await get("/dashboard/api/pinned-models")).content).toEqual({
      env_pins: [],
      per_node: { "node-1": ["p:1b"] },
      max_count: 3,
    });
    const gone = await post("/dashboard/api/pinned-models", { node_id: "node-1", model: "P:1b", pinned: false });
    expect(gone.content).toEqual({ ok: true, per_node: {} });
  });

  test("by /fleet/pin are ready when it answers, for who waits", async () => {
    await router.addNode(diskNode(["p:1b"]).answer, { models: ["p:1b"], loaded: [] });
    const { status, content } = await post("/fleet/pin", { model: "p:1b", wait: true });
    expect([status, content]).toEqual([
      200,
      { ok: true, model: "p:1b", node_id: "node-1", ready: true, ready_after_ms: expect.any(Number) },
    ]);
    expect((await call("DELETE", "/fleet/pin/p:1b")).content).toMatchObject({ ok: true, removed: 1 });
  });

  test("that make vectors are loaded by the route that makes them", async () => {
    const node = await router.addNode(jsonAnswer(200, { embeddings: [] }), {
      models: ["e:1b"],
      loaded: [],
      capabilities: ["embedding"],
    });
    expect((await post("/fleet/pin", { model: "e:1b", wait: true })).content).toMatchObject({ ready: true });
    expect(JSON.parse((await node.call("/api/embed")).body)).toMatchObject({ model: "e:1b", keep_alive: -1 });
  });

  test.each([
    [{ model: "p:1b", node_id: "nobody" }, 400],
    [{ model: "other" }, 404],
    [{ model: "big:1b" }, 409],
    [{ model: "p\u0000" }, 400],
    [{ model: "p:1b", timeout_s: -1 }, 400],
    [{ model: "p:1b", wait: "yes" }, 400],
  ])("%j is refused with %i", async (body, status) => {
    const node = await router.addNode(diskNode(["p:1b"]).answer, { models: ["p:1b"], loaded: [] });
    await fetch(`${router.url}/heartbeat`, {
      method: "POST",
      body: JSON.stringify({
        node_id: "node-2",
        ollama_host: `http://127.0.0.1:${node.port}`,
        cpu: { cores_physical: 8, utilization_pct: 5 },
        memory: { total_gb: 32, used_gb: 8, available_gb: 24 },
        ollama: {
          models_available: ["big:1b"],
          models_available_sizes: { "big:1b": 28 },
          models_loaded: [],
          version: "0.24.0",
        },
      }),
    });
    const answer = await post("/fleet/pin", body);
    expect([answer.status, typeof answer.content.error]).toEqual([status, "string"]);
    if (status === 409) expect(answer.content.models).toEqual([{ model: "big:1b", size_gb: 28 }]);
  });

  test("that a node cannot load are told, and the log of events has it", async () => {
    await router.addNode(jsonAnswer(500, { error: "out of memory" }), { models: ["p:1b"], loaded: [] });
    const { status, content } = await post("/fleet/pin", { model: "p:1b", wait: true });
    expect([status, content.ok]).toEqual([503, false]);
    await expect
      .poll(async () => (await get("/dashboard/api/model-events")).content.events, { timeout: 15_000 })
      .toEqual(expect.arrayContaining([expect.objectContaining({ event: "load_failed", model: "p:1b" })]));
  }, 30_000);

  test("are at most so many on one node, whoever insists", async () => {
    await restartWith({ modelPreloadMaxCount: 1 });
    await router.addNode(diskNode(["p:1b", "q:1b"]).answer, { models: ["p:1b", "q:1b"], loaded: [] });
    expect((await post("/fleet/pin", { model: "p:1b" })).status).toBe(200);
    expect((await post("/fleet/pin", { model: "p:1b" })).status).toBe(200);
    const refused = await post("/fleet/pin", { model: "q:1b", force: true });
    expect([refused.status, refused.content.error]).toEqual([409, expect.stringContaining("model_preload_max_count")]);
    const body = { node_id: "node-1", model: "q:1b", pinned: true };
    expect((await post("/dashboard/api/pinned-models", body)).status).toBe(409);
    expect((await get("/dashboard/api/pinned-models")).content).toMatchObject({ per_node: { "node-1": ["p:1b"] } });
  });

  test("whose time in memory a client has bounded are told to stay before it is over", async () => {
    const node = await router.addNode(diskNode(["p:1b"]).answer, { models: ["p:1b"], loaded: ["p:1b"] });
    await post("/fleet/pin", { model: "p:1b" });
    const report = (expiresInS: number) =>
      call("POST", "/heartbeat", {
        body: {
          node_id: "node-1",
          ollama_host: `http://127.0.0.1:${node.port}`,
          cpu: { cores_physical: 8, utilization_pct: 5 },
          memory: { total_gb: 32, used_gb: 8, available_gb: 24 },
          ollama: {
            models_available: ["p:1b"],
            models_loaded: [
              { name: "p:1b", size_gb: 4, expires_at: new Date(Date.now() + expiresInS * 1000).toISOString() },
            ],
            version: "0.24.0",
          },
        },
      });
    const loads = () => node.calls.filter(({ path }) => path === "/api/generate");
    await report(3_600);
    router.assembly.models.keeper.look();
    expect(loads()).toEqual([]);
    await report(60);
    router.assembly.models.keeper.look();
    expect(JSON.parse((await node.call("/api/generate")).body)).toMatchObject({ model: "p:1b", keep_alive: -1 });
  });

  test("no more leave memory after the node's own time, and are never loaded for that", async () => {
    const disk = diskNode(["p:1b", "q:1b"]);
    const node = await router.addNode(disk.answer, { models: ["p:1b", "q:1b"], loaded: ["p:1b", "q:1b"] });
    for (const model of ["p:1b", "q:1b"]) await post("/fleet/pin", { model });
    await router.join(node, { models: ["p:1b", "q:1b"], loaded: ["p:1b"] });
    for (const model of ["q:1b", "p:1b"]) await call("DELETE", `/fleet/pin/${model}`);
    const release = await node.call("/api/generate");
    expect(JSON.parse(release.body)).toEqual({ model: "p:1b", stream: false });
    expect(node.calls.filter(({ path }) => path === "/api/generate")).toHaveLength(1);
  });

  test("in a file that cannot be read are told in the fleet's status", async () => {
    const { dataDir } = router.assembly.live.values;
    await router.stop();
    writeFileSync(join(dataDir, "pinned_models.json"), "{");
    const again = await startTestRouter({ dataDir });
    try {
      const status = (await (await fetch(`${again.url}/fleet/status`)).json()) as { fleet: { findings: object[] } };
      expect(status.fleet.findings).toMatchObject([{ id: "pins_unreadable", fix: expect.any(String) }]);
    } finally {
      await again.close();
    }
  });

  test("by the settings stay pinned when somebody takes a pin away, and that is said", async () => {
    await restartWith({ pinnedModels: ["P:1b"] });
    await router.addNode(diskNode(["p:1b"]).answer, { models: ["p:1b"], loaded: [] });
    const body = { node_id: "node-1", model: "p:1b", pinned: false };
    const note = expect.stringContaining("pinned_models");
    expect((await post("/dashboard/api/pinned-models", body)).content).toMatchObject({ ok: true, note });
    expect((await call("DELETE", "/fleet/pin/p:1b")).content).toMatchObject({ removed: 0, note });
    expect((await call("DELETE", "/fleet/pin/q:1b")).content).not.toHaveProperty("note");
  });

  test("are none of the demo's, and draining its machines leaves nothing behind", async () => {
    router.assembly.demo.open();
    await call("POST", "/heartbeat", { body: { ...fullDisk(9), node_id: "demo", simulated: true } });
    const pinned = await post("/fleet/pin", { model: "other", node_id: "demo" });
    expect([pinned.status, pinned.content.error]).toEqual([400, expect.stringContaining("demo")]);
    expect((await post("/dashboard/api/nodes/demo/drain", {})).status).toBe(200);
    expect((await get("/fleet/status")).content.nodes[0].is_draining).toBe(true);
    expect(router.assembly.stores.nodeMarks.drained()).toEqual([]);
  });

  test("and the limits of the fleet are told", async () => {
    await router.addNode(chatAnswer);
    expect((await get("/fleet/limits")).content).toMatchObject({
      max_retries: expect.any(Number),
      nodes: { "node-1": { models_loaded: 1, free_slots: null } },
    });
  });
});

describe("a node that an operator drains", () => {
  const isDraining = async () =>
    (await get("/fleet/status")).content.nodes.map((node: { is_draining: boolean }) => node.is_draining);

  test("takes no new work at once, whatever it reports, until it is resumed", async () => {
    const [one, other] = [await router.addNode(chatAnswer), await router.addNode(chatAnswer)];
    expect((await post("/dashboard/api/nodes/node-1/drain", {})).status).toBe(200);
    await router.join(one, { id: "node-1" });
    expect(await isDraining()).toEqual([true, false]);
    expect((await get("/fleet/status")).content.nodes[0].is_cordoned).toBe(true);
    for (let turn = 0; turn < 4; turn += 1) await chat();
    expect([
      one.calls.filter(({ path }) => path === "/api/chat").length,
      other.calls.filter(({ path }) => path === "/api/chat").length,
    ]).toEqual([0, 4]);
    expect((await post("/dashboard/api/nodes/node-1/resume", {})).status).toBe(200);
    expect(await isDraining()).toEqual([false, false]);
  });

  test("is drained after a restart, too, until it reports and after", async () => {
    const node = await router.addNode(chatAnswer);
    await post("/dashboard/api/nodes/node-1/drain", {});
    expect(router.assembly.stores.nodeMarks.drained()).toEqual(["node-1"]);
    await router.stop();
    const { dataDir } = router.assembly.live.values;
    const again = await startTestRouter({ dataDir });
    try {
      await again.join(node, { id: "node-1" });
      const { nodes } = (await (await fetch(`${again.url}/fleet/status`)).json()) as { nodes: object[] };
      expect(nodes).toMatchObject([{ node_id: "node-1", status: "online", is_draining: true, is_cordoned: true }]);
    } finally {
      await again.close();
    }
  });

  test("whose agent drains by itself goes on doing so when it is resumed", async () => {
    const node = await router.addNode(chatAnswer);
    await router.join(node, { id: "node-1", drains: true });
    await post("/dashboard/api/nodes/node-1/drain", {});
    await post("/dashboard/api/nodes/node-1/resume", {});
    expect(await isDraining()).toEqual([true]);
  });

  test("and removed while it reports is told to come back", async () => {
    const node = await router.addNode(chatAnswer);
    await post("/dashboard/api/nodes/node-1/drain", {});
    const { status, content } = await post("/dashboard/api/nodes/node-1/remove", {});
    expect([status, content]).toEqual([200, { status: "removed", node_id: "node-1", note: expect.any(String) }]);
    await router.join(node, { id: "node-1" });
    expect(await isDraining()).toEqual([false]);
  });

  test.each(["drain", "resume", "remove"])("%s of an unknown one is a 404", async (verb) => {
    for (const id of ["nobody", "%3Cb%3E", "a%0Ab"])
      expect([id, (await post(`/dashboard/api/nodes/${id}/${verb}`, {})).code]).toEqual([id, "HERD_UNKNOWN_NODE"]);
  });
});

describe("a path with a name that is none", () => {
  const LONG = "a".repeat(10_000);

  test.each(["%1B%5B31m", "a%0Ab", "%00", "", LONG])(
    "is refused where a pin is to go, and the field is named",
    async (name) => {
      const { status, content } = await call("DELETE", `/fleet/pin/${name}`);
      expect([status, content]).toMatchObject([400, { field: "model", error: expect.stringMatching(/^model: /) }]);
    },
  );

  test("is refused in our own words when it is longer than any name, and does not come back", async () => {
    const drained = await post(`/dashboard/api/nodes/${LONG}/drain`, {});
    expect([drained.status, drained.code]).toEqual([400, "HERD_BAD_REQUEST"]);
    const decision = await fetch(`${router.url}/fleet/decisions/${LONG}`);
    const told = await decision.text();
    expect([decision.status, JSON.parse(told).code, told.length < 500]).toEqual([400, "HERD_BAD_REQUEST", true]);
  });

  test("in a body is told short", async () => {
    const reply = await fetch(`${router.url}/dashboard/api/pull`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-request-id": "mine" },
      body: JSON.stringify({ model: "x", [LONG]: 1 }),
    });
    const told = await reply.text();
    expect([reply.status, told.length < 1_000, reply.headers.get("x-request-id")]).toEqual([400, true, "mine"]);
    const missing = await post("/dashboard/api/pull", {});
    expect(missing.content.error).toBe("model: it is missing");
  });
});

test("whoever is not on the router's machine may look, and change nothing", async () => {
  await restartWith({ trustedProxies: ["127.0.0.1"] });
  await router.addNode(diskNode(["m:latest"]).answer);
  const elsewhere = { "x-forwarded-for": "192.168.1.9" };
  const changes: readonly (readonly [string, string, unknown])[] = [
    ["POST", "/dashboard/api/pull", { model: "x" }],
    ["POST", "/dashboard/api/pulls/cancel", { id: "pull-1" }],
    ["POST", "/dashboard/api/delete", { node_id: "node-1", model: "m" }],
    ["POST", "/dashboard/api/pinned-models", { node_id: "node-1", model: "m", pinned: true }],
    ["POST", "/fleet/pin", { model: "m" }],
    ["DELETE", "/fleet/pin/m", undefined],
    ["POST", "/dashboard/api/nodes/node-1/drain", {}],
    ["POST", "/dashboard/api/nodes/node-1/resume", {}],
    ["POST", "/dashboard/api/nodes/node-1/remove", {}],
  ];
  for (const [method, path, body] of changes)
    expect([path, (await call(method, path, { body, headers: elsewhere })).code]).toEqual([path, "HERD_ADMIN_ONLY"]);
  for (const path of ["model-management", "pinned-models", "pulls", "model-events"])
    expect([path, (await call("GET", `/dashboard/api/${path}`, { headers: elsewhere })).status]).toEqual([path, 200]);
});

test.each(["days=0", "days=x", "limit=0", "limit=1001", "limit=1.5", "what=1", "model=a%00b%27%3B--&days=-1"])(
  "events asked for with %s are refused",
  async (query) => {
    expect((await get(`/dashboard/api/model-events?${query}`)).status).toBe(400);
  },
);
