import { afterAll, expect, onTestFinished, test } from "vitest";
import { traceShape, tracesShape } from "../../dashboard-api/records/trace-shapes.ts";
import {
  contextUsageShape,
  imageStatsShape,
  modelsShape,
  overviewShape,
  tagDaysShape,
  tagsShape,
  transcriptionStatsShape,
  trendsShape,
  usageShape,
} from "../../dashboard-api/records/usage-shapes.ts";
import { chatAnswer } from "../testing/scripted-node.ts";
import { startTestRouter } from "../testing/test-router.ts";

const shapes = {
  overview: overviewShape,
  trends: trendsShape,
  "trends?hours=8760": trendsShape,
  "models?days=3650": modelsShape,
  usage: usageShape,
  tags: tagsShape,
  apps: tagsShape,
  "tags/daily": tagDaysShape,
  "apps/daily": tagDaysShape,
  "context-usage": contextUsageShape,
  "image-stats": imageStatsShape,
  "transcription-stats": transcriptionStatsShape,
  traces: tracesShape,
} as const;

/** A router that has served some requests, all of them stored. */
async function served() {
  const router = await startTestRouter();
  onTestFinished(router.close);
  await router.addNode(chatAnswer);
  const chat = (id: string, tags: readonly string[]) =>
    fetch(`${router.url}/api/chat`, {
      method: "POST",
      headers: { "x-request-id": id },
      body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }], metadata: { tags } }),
    }).then((response) => response.text());
  await chat("first", ["cli"]);
  await chat("second", ["<b>x</b>'; --"]);
  const ask = async (path: string) => {
    const response = await fetch(`${router.url}/dashboard/api/${path}`);
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, unknown>,
    };
  };
  await expect.poll(() => router.traces().length).toBe(2);
  return { router, ask };
}

test("every statistic answers as it is described, from what was really served", async () => {
  const { ask } = await served();
  for (const [path, shape] of Object.entries(shapes)) {
    const { status, body } = await ask(path);
    expect([path, status, shape.safeParse(body).error]).toEqual([path, 200, undefined]);
  }
  expect((await ask("overview")).body).toMatchObject({ total_requests: 2, models_count: 1 });
  expect((await ask("usage")).body).toMatchObject({ days: 7, data: [{ node_id: "node-1", request_count: 2 }] });
  expect((await ask("tags")).body).toMatchObject({ data: [{ tag: "<b>x</b>'; --" }, { tag: "cli" }] });
});

test("stored requests come page by page, and each with its attempts, waterfall and reasons", async () => {
  const { ask } = await served();
  const first = (await ask("traces?limit=1")).body;
  expect(first).toMatchObject({ traces: [{ request_id: "second" }], is_complete: false });
  const rest = (await ask(`traces?limit=1&cursor=${first["next"]}`)).body;
  expect(rest).toMatchObject({ traces: [{ request_id: "first" }], next: null, is_complete: true });
  const { body } = await ask("traces/first");
  const one = traceShape.parse(body);
  expect(one.attempts).toHaveLength(1);
  expect(one.waterfall.segments.map(({ name }) => name)).toContain("attempt");
  expect(one.why[0]?.sentences[0]).toMatch(/^node-1 was chosen of 1 with/);
  expect(one.decisions?.[0]?.candidates[0]?.node_id).toBe("node-1");
  expect((await ask("traces/nobody")).status).toBe(404);
});

test.each([
  ["trends?hours=0", "hours"],
  ["trends?hours=8761", "hours"],
  ["trends?hours=NaN", "hours"],
  ["trends?hours=-1", "hours"],
  ["trends?hours=1e99", "hours"],
  ["usage?days=3651", "days"],
  ["usage?days=7&days=8", "days"],
  ["models?start_ts=5", "end_ts"],
  ["models?start_ts=5&end_ts=5", "end_ts"],
  ["models?start_ts=-5&end_ts=5", "start_ts"],
  ["models?start_ts=0&end_ts=9999999999", "start_ts"],
  ["tags?start_ts=1700000000000&end_ts=1700000000001", "start_ts"],
  ["traces?nonsense=1", "nonsense"],
  ["traces?limit=1001", "limit"],
  ["traces?limit=0", "limit"],
  ["traces?status=done", "status.0"],
  ["traces?cursor=nonsense", "cursor"],
  ["traces?cursor=WzEsMi41XQ", "cursor"],
  ["traces?failed=maybe", "failed"],
  ["traces?failed=true&status=failed", "failed"],
  ["traces?since=5&until=4", "until"],
  ["traces?min_latency_ms=-1", "min_latency_ms"],
  ["traces?request_id=%27%20OR%201", "request_id"],
])("%s is refused by its field", async (path, field) => {
  const { ask } = await bare();
  const { status, body } = await ask(path);
  expect([status, body["code"], body["field"]]).toEqual([400, "HERD_BAD_REQUEST", field]);
});

let shared: ReturnType<typeof startBare> | undefined;
const bare = () => {
  shared ??= startBare();
  return shared;
};
afterAll(async () => (await shared)?.close());

async function startBare() {
  const router = await startTestRouter();
  const ask = async (path: string) => {
    const response = await fetch(`${router.url}/dashboard/api/${path}`);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  return { ask, close: router.close };
}

test("a database that cannot be read is a clear 503, and inference goes on", async () => {
  const { router, ask } = await served();
  const { rename } = await import("node:fs/promises");
  const path = `${router.assembly.live.values.dataDir}/latency.db`;
  await rename(path, `${path}.away`);
  const { status, headers, body } = await ask("traces");
  expect([status, body["code"], headers.get("retry-after")]).toEqual([503, "HERD_RECORDS_UNREADABLE", "5"]);
  const answer = await fetch(`${router.url}/api/chat`, {
    method: "POST",
    body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }] }),
  });
  expect(answer.status).toBe(200);
  await answer.text();
  await rename(`${path}.away`, path);
  expect((await ask("traces")).status).toBe(200);
});
