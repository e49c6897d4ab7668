import { expect, onTestFinished, test, vi } from "vitest";
import type { RouterSettings } from "../../settings/settings.ts";
import { chatAnswer, jsonAnswer, type ScriptedNode } from "../testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "../testing/test-router.ts";

interface ToldFinding {
  readonly check_id: string;
  readonly severity: string;
  readonly node_id: string | null;
  readonly fix: string;
  readonly data: Readonly<Record<string, unknown>>;
}

async function startRouter(settings: Partial<RouterSettings> = {}): Promise<TestRouter> {
  // Nobody looks but the test, so that what the records hold is not asked for too early.
  const router = await startTestRouter({ healthIntervalS: 3600, ...settings });
  onTestFinished(router.close);
  return router;
}

/** Once so many requests are recorded: what the dashboard is told, by check. */
async function toldOnce(router: TestRouter, recorded: number): Promise<ReadonlyMap<string, ToldFinding>> {
  await vi.waitFor(() => expect(router.traces()).toHaveLength(recorded), { timeout: 5000 });
  await router.assembly.health.ready();
  router.assembly.health.look();
  const response = await fetch(`${router.url}/dashboard/api/health`);
  const { recommendations } = (await response.json()) as { recommendations: readonly ToldFinding[] };
  return new Map(recommendations.map((finding) => [finding.check_id, finding]));
}

const chat = async (router: TestRouter, model: string, path = "/api/chat"): Promise<number> => {
  const response = await fetch(router.url + path, {
    method: "POST",
    body: JSON.stringify({ model, max_tokens: 9, messages: [{ role: "user", content: "Hi" }], stream: false }),
  });
  await response.arrayBuffer();
  return response.status;
};

/** Fails every third chat as a runner that crashes does. */
function everyThirdFails(): ScriptedNode["answer"] {
  let count = 0;
  return (call) => {
    count += 1;
    if (count % 3 === 0) jsonAnswer(500, { error: "llama runner process has terminated: CUDA error" })(call);
    else chatAnswer(call);
  };
}

test("a node that fails a third of its requests is found, with the failed requests as evidence", async () => {
  const router = await startRouter({ maxRetries: 0 });
  await router.addNode(everyThirdFails());
  const statuses: number[] = [];
  for (let index = 0; index < 12; index += 1) statuses.push(await chat(router, "m"));
  expect(statuses.filter((status) => status === 500)).toHaveLength(4);
  const told = await toldOnce(router, 12);
  expect(told.get("high_error_rate")).toMatchObject({
    severity: "warning",
    node_id: "node-1",
    data: { failed: 4, total: 12, error_rate_pct: 33.3 },
  });
  const failed = router.traces().filter(({ status }) => status === "failed");
  expect(JSON.stringify(told.get("high_error_rate"))).toContain(failed[0]?.request_id);
});

test("failures that another node makes good are found on the node that failed", async () => {
  const router = await startRouter();
  // It fails now and then, so that its breaker stays closed and it goes on getting work.
  await router.addNode(everyThirdFails(), { freeGb: 30 });
  await router.addNode(chatAnswer, { freeGb: 10 });
  for (let index = 0; index < 30; index += 1) expect(await chat(router, "m")).toBe(200);
  const told = await toldOnce(router, 30);
  const moved = router.traces().filter(({ excluded_nodes }) => excluded_nodes?.includes("node-1"));
  expect(moved.length).toBeGreaterThanOrEqual(3);
  expect(told.get("high_error_rate")).toMatchObject({
    node_id: "node-1",
    severity: "warning",
    data: { failed: moved.length },
  });
});

test("two versions of one model are found as soon as the nodes tell their digests", async () => {
  const router = await startRouter();
  for (const [id, digit] of [
    ["a", "1"],
    ["b", "2"],
  ] as const) {
    const response = await fetch(`${router.url}/heartbeat`, {
      method: "POST",
      body: JSON.stringify({
        node_id: id,
        ollama_host: "http://127.0.0.1:9",
        cpu: { cores_physical: 8, utilization_pct: 5 },
        memory: { total_gb: 32, used_gb: 8, available_gb: 24 },
        ollama: {
          models_available: ["m:latest"],
          models_available_sizes: { "m:latest": 4 },
          models_available_meta: {
            "m:latest": { digest: digit.repeat(64), modified_at: `2026-0${digit}-01T00:00:00Z` },
          },
        },
      }),
    });
    expect(response.status).toBe(200);
  }
  const told = await toldOnce(router, 0);
  expect(told.get("model_skew")).toMatchObject({ severity: "warning", data: { behind: ["a"] } });
  expect(told.get("model_skew")?.fix).toContain("m:latest");
});

test("a model of the Anthropic map that no node has is found, and is over once a node has it", async () => {
  const router = await startRouter({
    anthropicModelMap: { default: "big:32b" },
    modelAliases: { "gpt-4o": "lost:7b" },
  });
  const node = await router.addNode(chatAnswer);
  expect(await chat(router, "claude-sonnet-4-5", "/v1/messages")).toBe(404);
  expect(await chat(router, "gpt-4o")).toBe(404);
  const told = await toldOnce(router, 2);
  expect(told.get("mapped_model_missing")).toMatchObject({ severity: "critical", data: { missing: ["big:32b"] } });
  expect(told.get("alias_target_missing")).toMatchObject({ severity: "critical", data: { aliases: ["gpt-4o"] } });
  expect(JSON.stringify(told.get("mapped_model_missing"))).toContain("herd pull big:32b");
  await router.join(node, { id: "node-1", models: ["m", "big:32b", "lost:7b"] });
  const after = await toldOnce(router, 2);
  expect(after.get("mapped_model_missing")?.severity).not.toBe("critical");
  expect(after.get("alias_target_missing")?.severity).not.toBe("critical");
});

test("a fleet that serves well has no finding about its traffic, and a benchmark's failures are none", async () => {
  const router = await startRouter({ maxRetries: 0 });
  const node = await router.addNode(chatAnswer);
  for (let index = 0; index < 6; index += 1) expect(await chat(router, "m")).toBe(200);
  node.answer = jsonAnswer(500, { error: "llama runner process has terminated" });
  for (let index = 0; index < 6; index += 1) {
    await fetch(`${router.url}/api/chat`, {
      method: "POST",
      headers: { "X-Herd-Tags": "benchmark" },
      body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "Hi" }], stream: false }),
    }).then((response) => response.arrayBuffer());
  }
  const told = await toldOnce(router, 12);
  expect(router.traces().filter(({ status }) => status === "failed").length).toBeGreaterThan(0);
  for (const id of ["high_error_rate", "model_load_failed", "high_retry_rate", "ttft_regression", "queue_backlog"])
    expect([...told.keys()]).not.toContain(id);
});

test("a queue is found while it stands, with the node that has room for the model", async () => {
  const router = await startRouter();
  const node = await router.addNode();
  await router.addNode(chatAnswer, { models: ["n"] });
  const asked = Array.from({ length: 18 }, () => chat(router, "m"));
  await node.call("/api/chat");
  await vi.waitFor(() => expect(router.assembly.serving.admission.waitingCount()).toBeGreaterThanOrEqual(16));
  const told = await toldOnce(router, 0);
  expect(told.get("queue_backlog")).toMatchObject({
    severity: "warning",
    data: { model: "m:latest", relief_node: "node-2" },
  });
  node.answer = chatAnswer;
  for (const call of node.calls) chatAnswer(call);
  expect(await Promise.all(asked)).toEqual(asked.map(() => 200));
  expect((await toldOnce(router, 18)).get("queue_backlog")?.severity).not.toBe("warning");
});
