import { afterEach, expect, test } from "vitest";
import { chatAnswer, jsonAnswer, type ScriptedNode, startScriptedNode } from "../testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "../testing/test-router.ts";

type Json = Readonly<Record<string, never>> & { readonly [key: string]: never };

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function start(settings: Parameters<typeof startTestRouter>[0] = {}): Promise<TestRouter> {
  const router = await startTestRouter(settings);
  closers.push(router.close);
  return router;
}

async function get(router: TestRouter, path: string): Promise<Json> {
  const response = await fetch(`${router.url}/dashboard/api/${path}`);
  expect(response.status, path).toBe(200);
  return (await response.json()) as Json;
}

const post = (router: TestRouter, path: string, body: unknown): Promise<Response> =>
  fetch(`${router.url}/dashboard/api/${path}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });

/** A machine with a disk. */
async function joinWithDisk(router: TestRouter, node: ScriptedNode, wish: Record<string, unknown> = {}): Promise<void> {
  const heartbeat = {
    node_id: "big",
    ollama_host: `http://127.0.0.1:${node.port}`,
    cpu: { cores_physical: 8, utilization_pct: 5 },
    memory: { total_gb: 64, used_gb: 8, available_gb: 56 },
    memory_bandwidth_gbps: 400,
    chip: "Apple M2 Max",
    disk: { total_gb: 1000, used_gb: 500, available_gb: 500 },
    ollama: { models_loaded: [], models_available: [], reachable: true, version: "0.24.0" },
    ...wish,
  };
  const response = await fetch(`${router.url}/heartbeat`, { method: "POST", body: JSON.stringify(heartbeat) });
  expect(response.status).toBe(200);
}

async function startNode(answer: ScriptedNode["answer"]): Promise<ScriptedNode> {
  const node = await startScriptedNode(answer);
  closers.push(() => node.kill());
  return node;
}

/** A node that pulls in two records, and lists what it has pulled. */
function pullingNode(): { readonly answer: ScriptedNode["answer"]; readonly pulled: string[] } {
  const pulled: string[] = [];
  const answer: ScriptedNode["answer"] = (call) => {
    if (call.path === "/api/tags") return jsonAnswer(200, { models: pulled.map((name) => ({ name, size: 5 })) })(call);
    if (call.path !== "/api/pull") return jsonAnswer(404, { error: "not scripted" })(call);
    const { model, name } = JSON.parse(call.body) as { readonly model?: string; readonly name?: string };
    call.response.writeHead(200, { "content-type": "application/x-ndjson" });
    call.response.write('{"status":"pulling abc","total":100,"completed":50}\n');
    pulled.push(model ?? name ?? "");
    call.response.end('{"status":"success"}\n');
  };
  return { answer, pulled };
}

async function ended(router: TestRouter): Promise<Json> {
  await router.assembly.advice.pulls.settled();
  return get(router, "recommendations/apply/progress");
}

test("recommendations have the predecessor's fields and are kept for a while", async () => {
  const router = await start();
  await joinWithDisk(router, await startNode(pullingNode().answer));
  const first = await get(router, "recommendations");
  expect(first).toMatchObject({
    nodes: [
      { node_id: "big", total_ram_gb: 64, current_models: [], disk_total_gb: 1000, recommendations: expect.any(Array) },
    ],
    usage: { total_requests_24h: 0, category_breakdown: {}, top_models: [], category_coverage: { general: false } },
    fleet_summary: expect.stringContaining("1 node"),
    uncovered_categories: expect.arrayContaining(["general", "embedding"]),
    catalogue: { origin: "built-in", problem: null },
    cached: false,
  });
  const [node] = first["nodes"] as unknown as { recommendations: Record<string, unknown>[] }[];
  expect(node?.recommendations[0]).toMatchObject({
    model: expect.any(String),
    display_name: expect.any(String),
    category: "general",
    ram_gb: expect.any(Number),
    quality_score: expect.any(Number),
    reason: expect.any(String),
    priority: "high",
    already_available: false,
  });
  expect(await get(router, "recommendations")).toEqual({ ...first, cached: true });
  expect(await get(router, "recommendations?refresh=1")).toMatchObject({ cached: false });
});

test("a node that joins is in the next answer", async () => {
  const router = await start();
  expect(await get(router, "recommendations")).toMatchObject({ nodes: [] });
  await joinWithDisk(router, await startNode(pullingNode().answer));
  expect(await get(router, "recommendations")).toMatchObject({ nodes: [{ node_id: "big" }], cached: false });
});

test("a plan is pulled one by one, and what came is there in the next answer", async () => {
  const router = await start();
  const { answer, pulled } = pullingNode();
  await joinWithDisk(router, await startNode(answer));
  const response = await post(router, "recommendations/apply", { node_id: "big" });
  expect(response.status).toBe(202);
  const progress = (await ended(router)) as unknown as { status: string; steps: { model: string; status: string }[] };
  expect(progress.status).toBe("complete");
  expect(progress.steps.length).toBeGreaterThan(1);
  expect(progress.steps.map(({ model }) => model)).toEqual(pulled);
  const after = await get(router, "recommendations");
  const [node] = after["nodes"] as unknown as { recommendations: { already_available: boolean }[] }[];
  expect(node?.recommendations.every(({ already_available }) => already_available)).toBe(true);
});

test("a disk that is too full for a model is told before anything is pulled", async () => {
  const router = await start();
  const { answer, pulled } = pullingNode();
  await joinWithDisk(router, await startNode(answer), { disk: { total_gb: 100, used_gb: 80, available_gb: 20 } });
  const items = [
    { node_id: "big", model: "gemma4:31b" },
    { node_id: "big", model: "llama3.2:1b" },
  ];
  expect((await post(router, "recommendations/apply", { items })).status).toBe(202);
  expect(await ended(router)).toMatchObject({
    status: "failed",
    steps: [{ status: "failed", error: expect.stringContaining("15 GiB left") }, { status: "done" }],
  });
  expect(pulled).toEqual(["llama3.2:1b"]);
});

/** Pulls end as their model's name wants. */
const moodyNode: ScriptedNode["answer"] = (call) => {
  if (call.path !== "/api/pull") return jsonAnswer(404, {})(call);
  const { model = "" } = JSON.parse(call.body) as { readonly model?: string };
  const { response } = call;
  const begin = '{"status":"pulling abc","total":100,"completed":50}\n';
  const ends: Readonly<Record<string, () => unknown>> = {
    "unknown:1b": () => response.end('{"error":"pull model manifest: file does not exist"}\n'),
    "full:1b": () => response.end(`${begin}{"error":"write /models/blob: no space left on device"}\n`),
    "cut:1b": () => response.write(begin, () => response.destroy()),
    "short:1b": () => response.end(begin),
    "page:1b": () => response.end("<html>\u001b[31m502</html>\n"),
    "null:1b": () => response.end("null\n"),
    "good:1b": () => response.end(`${begin}{"status":"success"}\n`),
  };
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  ends[model]?.();
};

test("what fails in the middle of a plan is told in the node's words, and the rest is pulled all the same", async () => {
  const router = await start();
  await joinWithDisk(router, await startNode(moodyNode));
  const models = ["unknown:1b", "full:1b", "cut:1b", "short:1b", "page:1b", "null:1b", "good:1b"];
  const items = models.map((model) => ({ node_id: "big", model }));
  expect((await post(router, "recommendations/apply", { items })).status).toBe(202);
  const { status, steps } = (await ended(router)) as unknown as {
    status: string;
    steps: { model: string; status: string; error?: string }[];
  };
  expect(status).toBe("failed");
  expect(steps.map((step) => step.status)).toEqual([...Array(6).fill("failed"), "done"]);
  expect(steps[0]?.error).toContain("file does not exist");
  expect(steps[1]?.error).toContain("no space left on device");
  for (const step of steps.slice(0, 6)) expect(step.error, step.model).toContain(step.model);
});

test("a node that goes away in the middle ends its part of the plan only", async () => {
  const router = await start();
  const [leaving, staying] = [await startNode(moodyNode), await startNode(moodyNode)];
  await joinWithDisk(router, leaving, { node_id: "leaving" });
  await joinWithDisk(router, staying, { node_id: "staying" });
  leaving.answer = (call) => void call.response.writeHead(200).write('{"status":"pulling"}\n');
  const items = ["good:1b", "unknown:1b"].flatMap((model) => [
    { node_id: "leaving", model },
    { node_id: "staying", model },
  ]);
  await post(router, "recommendations/apply", { items });
  await leaving.call("/api/pull");
  await leaving.kill();
  const { steps } = (await ended(router)) as unknown as { steps: { node_id: string; status: string }[] };
  expect(steps.filter(({ node_id }) => node_id === "leaving").map(({ status }) => status)).toEqual([
    "failed",
    "failed",
  ]);
  expect(steps.filter(({ node_id }) => node_id === "staying").map(({ status }) => status)).toEqual(["done", "failed"]);
});

test("a plan for a node that is leaving is refused with the reason", async () => {
  const router = await start();
  const node = await startNode(moodyNode);
  await joinWithDisk(router, node);
  await get(router, "recommendations");
  await fetch(`${router.url}/heartbeat`, { method: "POST", body: '{"node_id":"big","draining":true}' });
  const response = await post(router, "recommendations/apply", { node_id: "big" });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: expect.stringContaining("offline or leaving") });
});

test("a plan can be cancelled, and one runs at a time", async () => {
  const router = await start();
  const node = await startNode((call) => {
    if (call.path !== "/api/pull") return jsonAnswer(404, {})(call);
    call.response.writeHead(200).write('{"status":"pulling"}\n');
  });
  await joinWithDisk(router, node);
  const items = [{ node_id: "big", model: "llama3.2:1b" }];
  await post(router, "recommendations/apply", { items });
  const call = await node.call("/api/pull");
  const left = new Promise((resolve) => call.response.once("close", resolve));
  const second = await post(router, "recommendations/apply", { items });
  expect(second.status).toBe(409);
  expect(await second.json()).toMatchObject({
    code: "HERD_PLAN_RUNNING",
    hint: expect.stringContaining("apply/cancel"),
  });
  expect(await (await post(router, "recommendations/apply/cancel", {})).json()).toEqual({ status: "cancelled" });
  await left;
  expect(await ended(router)).toMatchObject({ status: "cancelled", steps: [{ status: "cancelled" }] });
  expect(await (await post(router, "recommendations/apply/cancel", {})).json()).toEqual({ status: "not_running" });
});

test.each<readonly [string, unknown, number]>([
  ["nothing", {}, 400],
  ["both forms", { node_id: "big", items: [{ node_id: "big", model: "x" }] }, 400],
  ["no list", { items: "x" }, 400],
  ["an empty list", { items: [] }, 400],
  ["a field that nobody knows", { node_id: "big", force: true }, 400],
  ["a model that is no name", { items: [{ node_id: "big", model: "a b\n<script>" }] }, 400],
  ["an unknown node", { node_id: "nobody'; DROP TABLE x" }, 404],
  ["an unknown node in a list", { items: [{ node_id: "x", model: "y" }] }, 404],
])("a plan with %s is refused with the reason", async (_what, body, status) => {
  const router = await start();
  await joinWithDisk(router, await startNode(pullingNode().answer));
  const response = await post(router, "recommendations/apply", body);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({
    error: expect.any(String),
    code: expect.any(String),
    hint: expect.any(String),
  });
});

test.each(["recommendations?refresh=2", "recommendations?fresh=1", "briefing?refresh=x", "briefing/history?limit=0"])(
  "GET %s is refused",
  async (path) => {
    const router = await start();
    const response = await fetch(`${router.url}/dashboard/api/${path}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "HERD_BAD_REQUEST", hint: expect.any(String) });
  },
);

const PROSE = "The only node is online and idle today, and nobody had to wait for any answer.";

const writingChat: ScriptedNode["answer"] = (call) =>
  call.path === "/api/chat"
    ? jsonAnswer(200, { model: "m", message: { role: "assistant", content: PROSE }, done: true, eval_count: 9 })(call)
    : jsonAnswer(404, {})(call);

const bigChat = {
  ollama: {
    models_loaded: [{ name: "chat:8b", size_gb: 6, context_length: 8192 }],
    models_available: ["chat:8b"],
    models_available_sizes: { "chat:8b": 5 },
    reachable: true,
    version: "0.24.0",
  },
};

test("an idle model writes the briefing by an own request that counts as no use", async () => {
  const router = await start();
  const node = await startNode(writingChat);
  await joinWithDisk(router, node, bigChat);
  const first = await get(router, "briefing");
  expect(first).toMatchObject({ enabled: true, model: null, cached: false, generating: true });
  expect(first["briefing"]).toContain("The only node is online with 1 model in memory");
  await router.assembly.advice.briefing.settled();
  expect(await get(router, "briefing")).toMatchObject({
    enabled: true,
    briefing: PROSE,
    plain_text: first["briefing"],
    model: "chat:8b",
    cached: true,
    generating: false,
    next_refresh_s: expect.any(Number),
  });
  const { history } = (await get(router, "briefing/history?limit=5")) as unknown as { history: object[] };
  expect(history).toMatchObject([{ briefing: PROSE, model: "chat:8b", fleet_data: { nodes: [{ id: "big" }] } }]);
  await expect.poll(() => router.traces()[0]?.tags).toEqual(["fleet-intelligence"]);
  expect(await get(router, "recommendations?refresh=1")).toMatchObject({ usage: { total_requests_24h: 0 } });
});

test("switched off, no model is asked and no briefing is shown", async () => {
  const router = await start({ fleetIntelligence: false });
  const node = await startNode(writingChat);
  await joinWithDisk(router, node, bigChat);
  expect(await get(router, "briefing")).toMatchObject({
    enabled: false,
    briefing: null,
    plain_text: expect.stringContaining("online"),
    generating: false,
  });
  expect(node.calls.filter(({ path }) => path === "/api/chat")).toEqual([]);
});

test.each([
  ["waits", 1],
  ["uses its node, too", 4],
])("the briefing stops being written when somebody %s, who is served", async (_what, slots) => {
  const router = await start();
  const left = Promise.withResolvers<unknown>();
  const node = await startNode((call) => {
    const isOurs = call.body.includes("Draft:");
    if (isOurs) call.response.once("close", () => left.resolve(undefined));
    // A person's request is answered when ours has left.
    else void left.promise.then(() => chatAnswer(call));
  });
  await joinWithDisk(router, node, { ollama: { ...bigChat.ollama, num_parallel: slots } });
  await get(router, "briefing");
  await node.call("/api/chat");
  const body = JSON.stringify({ model: "chat:8b", stream: false, messages: [{ role: "user", content: "Hi" }] });
  const answer = await fetch(`${router.url}/api/chat`, { method: "POST", body });
  expect(answer.status).toBe(200);
  await router.assembly.advice.briefing.settled();
  expect(await get(router, "briefing")).toMatchObject({ model: null, error: expect.stringContaining("made room") });
});

test("the router stops without waiting for a briefing or a download", async () => {
  const router = await start();
  const node = await startNode(() => undefined);
  await joinWithDisk(router, node, bigChat);
  await get(router, "briefing");
  await node.call("/api/chat");
  await post(router, "recommendations/apply", { items: [{ node_id: "big", model: "llama3.2:1b" }] });
  await node.call("/api/pull");
  await router.stop();
  expect(router.logLines.join("\n")).not.toContain("briefing");
});
