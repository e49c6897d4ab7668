import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ScriptedNode } from "./testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "./testing/test-router.ts";

let router: TestRouter;

beforeEach(async () => {
  router = await startTestRouter({ assumedParallelism: { ollama: 4, other: 4 }, trustedProxies: ["127.0.0.1"] });
});
afterEach(() => router.close());

const FIRST = '{"model":"m","message":{"role":"assistant","content":"a"},"done":false}\n';
const LAST = '{"model":"m","message":{"content":""},"done":true,"prompt_eval_count":7,"eval_count":5}\n';

/** Streams two pieces and the closing record with counts. */
const chats: ScriptedNode["answer"] = ({ path, response }) => {
  if (path !== "/api/chat") return void response.writeHead(404).end("{}");
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  response.write(FIRST);
  response.end(LAST);
};

const api = async (path: string, body?: object) => {
  const method = body === undefined ? "GET" : "POST";
  const headers = { "content-type": "application/json" };
  const asked = { method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers }) };
  const response = await fetch(`${router.url}/dashboard/api/benchmarks${path}`, asked);
  return { status: response.status, content: (await response.json()) as Record<string, unknown> };
};
const ended = () => expect.poll(async () => (await api("/progress")).content["status"], { timeout: 15_000 });

/** A run, cancelled unless it is short, whose node lost a model meanwhile and never ends loading it again. */
async function restoring({ duration }: { duration: number } = { duration: 1 }) {
  const node = await router.addNode((call) => (call.path === "/api/generate" ? undefined : chats(call)), {
    models: ["m", "n"],
  });
  const { run_id: id } = (await api("/start", { duration, models: ["m"], max_concurrency: 1 })).content;
  await node.call("/api/chat");
  await router.join(node, { models: ["m", "n"], loaded: ["m"] });
  if (duration > 1) await api("/cancel", {});
  await node.call("/api/generate");
  return { node, id };
}

describe("a benchmark", () => {
  test("measures what is loaded on every node, keeps the run under the id it told, and counts as no use", async () => {
    await router.addNode(chats);
    await router.addNode(chats, { models: ["m", "n"], loaded: ["n"] });
    expect((await api("/progress")).content).toEqual({ status: "idle", phase: "idle" });
    const started = await api("/start", { duration: 1, max_concurrency: 4, output_tokens: 5 });
    expect(started).toMatchObject({ status: 200, content: { status: "started", mode: "quick" } });
    expect((await api("/start", {})).status).toBe(409);
    await ended().toBe("complete");
    const { run_id: id } = started.content;
    const { data } = (await api(`/${id}`)).content as { data: Record<string, never> };
    const ramps = data["saturation"] as unknown as { node_id: string; model: string; steps: object[]; errors: [] }[];
    expect(ramps.map(({ node_id, model }) => [node_id, model])).toEqual([
      ["node-1", "m:latest"],
      ["node-2", "n:latest"],
    ]);
    expect(ramps.every(({ steps, errors }) => steps.length > 0 && errors.length === 0)).toBe(true);
    expect(data).toMatchObject({ run_id: id, status: "complete", mode: "quick", total_failures: 0 });
    expect(data["total_completion_tokens"]).toBe(5 * (data["total_requests"] ?? 0));
    await ended().toBe("complete");
    expect(router.assembly.serving.views.learnedOf("node-1:m:latest").samples).toBe(0);
    const answered = async (path: string) => (await fetch(router.url + path)).text();
    for (const path of ["usage", "tags", "apps", "models", "overview", "recommendations?refresh=1"]) {
      expect(await answered(`/dashboard/api/${path}`), path).not.toMatch(
        /"(?:total_)?requests?(?:_count|_24h)?":[1-9]/,
      );
    }
    const metrics = await answered("/metrics");
    expect(metrics).toMatch(/traffic="benchmark"/);
    await router.stop();
    expect(router.traces().every(({ tags }) => tags?.includes("benchmark"))).toBe(true);
  });

  test("can be cancelled, keeps what it has, and another one may start", async () => {
    const node = await router.addNode(chats);
    node.answer = (call) => void setTimeout(() => chats(call), 20);
    await api("/start", { duration: 600 });
    await expect.poll(async () => (await api("/progress")).content["requests_completed"]).toBeGreaterThan(0);
    expect((await api("/cancel", {})).content).toEqual({ status: "cancelled" });
    await ended().toBe("cancelled");
    expect((await api("/cancel", {})).content).toEqual({ status: "not_running" });
    expect((await api("")).content).toMatchObject({ data: [{ status: "cancelled" }] });
    expect((await api("/start", { duration: 1 })).status).toBe(200);
  });

  test("takes nothing for a node's capacity from the step in which it was cancelled", async () => {
    const node = await router.addNode(chats);
    node.answer = (call) => void setTimeout(() => chats(call), 20);
    const { run_id: id } = (await api("/start", { duration: 600 })).content;
    await expect.poll(async () => (await api("/progress")).content["requests_completed"]).toBeGreaterThan(2);
    await api("/cancel", {});
    await ended().toBe("cancelled");
    expect(await rampOf(id)).toMatchObject({ ended: "cancelled", steps: [], saturates_at: 0, best_per_s: 0 });
    const { data } = (await api(`/${id}`)).content as { data: { total_requests: number } };
    expect(data.total_requests).toBeGreaterThan(2);
  });

  test("cancelled while it loads again what had left memory, ends at once as what was stored of it", async () => {
    const { node, id } = await restoring();
    expect((await api("/progress")).content).toMatchObject({ status: "running", phase: "restoring" });
    expect((await api("/start", { duration: 1 })).status).toBe(409);
    const load = await node.call("/api/generate");
    const cut = new Promise((resolve) => load.response.once("close", resolve));
    expect((await api("/cancel", {})).content).toEqual({ status: "cancelled" });
    await ended().toBe("complete");
    await cut;
    expect((await api(`/${id}`)).content).toMatchObject({ data: { status: "complete" } });
    expect((await api("/start", { duration: 1 })).status).toBe(200);
  });

  test("loads again what had left memory when its measuring was cancelled, until that is cancelled, too", async () => {
    const { node, id } = await restoring({ duration: 600 });
    expect(JSON.parse((await node.call("/api/generate")).body)).toMatchObject({ model: "n:latest" });
    await api("/cancel", {});
    await ended().toBe("cancelled");
    expect((await api(`/${id}`)).content).toMatchObject({ data: { status: "cancelled" } });
  });

  test("tells what a failing node said, and ends", async () => {
    await router.addNode(({ response }) => void response.writeHead(400).end('{"error":"no such thing"}'));
    await api("/start", { duration: 1 });
    await ended().toBe("complete");
    const { data } = (await api("")).content as { data: { saturation: object[] }[] };
    expect(data[0]?.saturation).toMatchObject([{ ended: "not-loaded", errors: ['400: {"error":"no such thing"}'] }]);
  });

  test("is cut short by a stop of the router", async () => {
    const node = await router.addNode(chats);
    await api("/start", { duration: 600 });
    await node.call("/api/chat");
    const since = performance.now();
    await router.stop();
    expect(performance.now() - since).toBeLessThan(10_000);
  });
});

/** Computes so many chats at once, each of five tokens in this time; further ones wait for their turn. */
function withSlots(slots: number, ms = 50): ScriptedNode["answer"] {
  const waiting: (() => void)[] = [];
  let free = slots;
  const serve = (call: Parameters<ScriptedNode["answer"]>[0]): void => {
    const { response } = call;
    if (response.closed) {
      leave();
      return;
    }
    response.writeHead(200, { "content-type": "application/x-ndjson" }).write(FIRST);
    setTimeout(() => {
      response.end(LAST);
      leave();
    }, ms);
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return (call) => {
    if (free === 0) return void waiting.push(() => serve(call));
    free -= 1;
    serve(call);
  };
}

const rampOf = async (id: unknown): Promise<Record<string, unknown>> => {
  const { data } = (await api(`/${id}`)).content as { data: { saturation: Record<string, unknown>[] } };
  return data.saturation[0] ?? {};
};

describe("what a benchmark finds", () => {
  test("is a ramp up to where more requests at once bring nothing, undisturbed by its own requests", async () => {
    await router.addNode(withSlots(3, 150), { slots: 8 });
    const { run_id: id } = (await api("/start", { duration: 6, max_concurrency: 8, output_tokens: 5 })).content;
    await ended().toBe("complete");
    const found = await rampOf(id);
    expect(found).toMatchObject({ disturbances: 0 });
    expect((found["steps"] as object[]).length).toBeGreaterThan(1);
    expect(found["saturates_at"]).toBeGreaterThanOrEqual(1);
    expect(found["best_per_s"]).toBeGreaterThan(0);
  });

  test("is not what others' requests have disturbed: it makes room at once and takes the step again", async () => {
    const node = await router.addNode(withSlots(1), { slots: 1 });
    const { run_id: id } = (await api("/start", { duration: 4, max_concurrency: 16, output_tokens: 5 })).content;
    await node.call("/api/chat", 4);
    const since = performance.now();
    const answer = await fetch(`${router.url}/api/chat`, { method: "POST", body: '{"model":"m"}' });
    await answer.text();
    expect(answer.status).toBe(200);
    expect(performance.now() - since).toBeLessThan(1_000);
    expect((await api("/progress")).content["phase"]).toBe("yielding");
    await ended().toBe("complete");
    expect((await rampOf(id))["disturbances"]).toBeGreaterThanOrEqual(1);
    await router.stop();
    const real = router.traces().filter(({ tags }) => !tags?.includes("benchmark"));
    expect(real).toHaveLength(1);
  });

  test("is found on each of two nodes with the same model, whose requests hold up neither each other nor others'", async () => {
    await router.addNode(withSlots(1), { slots: 1 });
    await router.addNode(withSlots(2), { slots: 2 });
    const { run_id: id } = (await api("/start", { duration: 4, max_concurrency: 8, output_tokens: 5 })).content;
    await ended().toBe("complete");
    const { data } = (await api(`/${id}`)).content as { data: { saturation: Record<string, unknown>[] } };
    expect(data.saturation).toMatchObject([
      { node_id: "node-1", disturbances: 0 },
      { node_id: "node-2", disturbances: 0 },
    ]);
  });

  test("ends at once where the node goes away, and says so", async () => {
    const node = await router.addNode(withSlots(4), { slots: 4 });
    const { run_id: id } = (await api("/start", { duration: 600 })).content;
    await node.call("/api/chat", 5);
    await router.join(node, { drains: true });
    await node.kill();
    await ended().toBe("complete");
    expect(["node-lost", "failing"]).toContain((await rampOf(id))["ended"]);
  });
});

test("a run that a stop of the router cut short is shown as interrupted", async () => {
  const node = await router.addNode(withSlots(1));
  const { run_id: id } = (await api("/start", { duration: 600 })).content;
  await node.call("/api/chat", 2);
  const running = (await api(`/${id}`)).content as { data: { status: string } };
  expect(running.data.status).toBe("running");
  const save = router.assembly.stores.benchmarks.save;
  const kept: unknown[] = [];
  router.assembly.stores.benchmarks.save = (run) => {
    kept.push(run.status);
    save(run);
  };
  await router.stop();
  expect(kept).toEqual(["interrupted"]);
});

describe("bad input", () => {
  test.each([
    [{ duration: 0 }, "duration"],
    [{ mode: "fast" }, "mode"],
    [{ model_types: ["video"] }, "model_types.0"],
    [{ max_concurrency: 1e9 }, "max_concurrency"],
    [{ unknown: 1 }, "unknown"],
  ])("%j is refused with its field", async (body, field) => {
    expect(await api("/start", body)).toMatchObject({ status: 400, content: { code: "HERD_BAD_REQUEST", field } });
  });

  test("what cannot be measured is told, and so is a run that nobody stored", async () => {
    expect((await api("/start", { nodes: ["nobody"] })).content["error"]).toBe("no node is called 'nobody'");
    expect((await api("/bench-0")).content).toEqual({ data: null });
    expect((await api("/compare?before=a&after=b")).status).toBe(400);
  });

  test("a run made elsewhere is kept, whatever stands in its lists", async () => {
    const run = { run_id: "bench-7", timestamp: 7, duration_s: 1, total_requests: 1, total_failures: 0 };
    expect((await api("", { ...run, per_model_results: [{ model: "<b>\u001b[31m" }], other: 1 })).status).toBe(200);
    const { data } = (await api("/bench-7")).content;
    expect(data).toMatchObject({ ...run, per_model_results: [{ model: "<b>\u001b[31m" }] });
    expect((await api("", { ...run, run_id: "../x" })).content).toMatchObject({ field: "run_id" });
  });
});

test("a request that names a machine is served there or not at all; a caller elsewhere cannot name one", async () => {
  const [one, other] = [await router.addNode(chats), await router.addNode(chats)];
  const chat = (headers: Record<string, string>) =>
    fetch(`${router.url}/api/chat`, { method: "POST", body: '{"model":"m"}', headers });
  for (const id of ["node-2", "node-2", "node-2"]) {
    expect((await chat({ "x-herd-node": id })).headers.get("x-fleet-node")).toBe(id);
  }
  expect([one.calls.length, other.calls.length]).toEqual([0, 3]);
  await chat({ "x-herd-node": "node-2", "x-forwarded-for": "192.168.1.9" });
  await chat({ "x-herd-node": "node-2", "x-forwarded-for": "192.168.1.9" });
  expect(one.calls.length).toBeGreaterThan(0);
});
