import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ScriptedNode } from "./testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "./testing/test-router.ts";

let router: TestRouter;

beforeEach(async () => {
  router = await startTestRouter({ assumedParallelism: { ollama: 4, other: 4 }, trustedProxies: ["127.0.0.1"] });
});
afterEach(() => router.close());

/** Streams two pieces and the closing record with counts. */
const chats: ScriptedNode["answer"] = ({ path, response }) => {
  if (path !== "/api/chat") return void response.writeHead(404).end("{}");
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  response.write('{"model":"m","message":{"role":"assistant","content":"a"},"done":false}\n');
  response.end('{"model":"m","message":{"content":""},"done":true,"prompt_eval_count":7,"eval_count":5}\n');
};

const api = async (path: string, body?: object) => {
  const method = body === undefined ? "GET" : "POST";
  const headers = { "content-type": "application/json" };
  const asked = { method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers }) };
  const response = await fetch(`${router.url}/dashboard/api/benchmarks${path}`, asked);
  return { status: response.status, content: (await response.json()) as Record<string, unknown> };
};
const ended = () => expect.poll(async () => (await api("/progress")).content["status"], { timeout: 15_000 });

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
