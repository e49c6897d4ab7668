import { readFileSync } from "node:fs";
import { join } from "node:path";
import openDatabase from "better-sqlite3";
import { Ollama } from "ollama";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCleanup } from "../support/cleanup.ts";
import { ask, askJson, openCall } from "../support/clients/http-call.ts";
import { listedModels, startUp, type Up, untilDemo } from "../support/fleets/demo-fleet.ts";
import { fleetStatus } from "../support/fleets/process-fleet.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { until } from "../support/until.ts";

const cleanup = createCleanup();
let up: Up;
let dataDir: string;

beforeAll(async () => {
  dataDir = join(tempFolder(cleanup), "data");
  up = await startUp(cleanup, { dataDir });
  await untilDemo(up);
}, 60_000);
afterAll(() => cleanup.run());

const messages = [{ role: "user" as const, content: "Hello" }];

interface Marked {
  readonly name: string;
  readonly simulated?: true;
}

describe("the tour on a machine without a backend", () => {
  test("status: three marked machines beside this one", async () => {
    const { fleet, nodes } = await fleetStatus(up.target);
    expect(fleet).toMatchObject({ nodes_total: 4, nodes_online: 4 });
    const marks = nodes.map(({ node_id, simulated }) => [node_id, simulated]);
    expect(marks.toSorted()).toEqual([
      ["demo-gaming-pc", true],
      ["demo-laptop", true],
      ["demo-mac-mini", true],
      ["own", undefined],
    ]);
    const [pc] = nodes.filter(({ node_id }) => node_id === "demo-gaming-pc");
    expect(pc).toMatchObject({ agent_version: "demo", gpus: [{ vram_total_gb: 24 }], ollama: { version: "0.24.0" } });
  });

  test.each(["/api/tags", "/api/ps"])("%s: every entry is a demo model and marked", async (path) => {
    const { models } = await askJson<{ models: Marked[] }>(up.target, { path });
    expect(models.length).toBeGreaterThan(1);
    expect(models.filter(({ name, simulated }) => !name.startsWith("demo-") || simulated !== true)).toEqual([]);
    expect((await ask(up.target, { path })).headers["x-fleet-simulated"]).toBe("true");
  });

  test("/v1/models: every entry is a demo model and marked", async () => {
    const { status, text, headers } = await ask(up.target, { path: "/v1/models" });
    const { data } = JSON.parse(text) as { data: { id: string; simulated?: true }[] };
    expect([status, headers["x-fleet-simulated"], data.length > 3]).toEqual([200, "true", true]);
    expect(data.filter(({ id, simulated }) => !id.startsWith("demo-") || simulated !== true)).toEqual([]);
  });

  test("pull: succeeds in simulated time under a name of the demo, says so, and is listed before it says success", async () => {
    const call = openCall(up.target, { path: "/api/pull", body: '{"name": "codestral"}' });
    await until({ what: "success", look: () => call.received().toString().includes('"success"'), withinMs: 15_000 });
    expect(await listedModels(up.target)).toContain("demo-codestral:latest");
    const { headers, text } = await call.reply;
    expect(headers).toMatchObject({ "x-fleet-simulated": "true", "content-type": "application/x-ndjson" });
    const records = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { status: string; completed?: number });
    expect(records[0]?.status).toMatch(/demo.*nothing is downloaded.*demo-codestral/);
    expect(records.filter(({ completed }) => completed !== undefined).length).toBeGreaterThan(3);
    expect(records.at(-1)).toEqual({ status: "success" });
    const answer = await ask(up.target, {
      path: "/api/chat",
      body: { model: "demo-codestral", messages, stream: false },
    });
    expect(answer.status).toBe(200);
  }, 30_000);

  test("chat in Ollama's and OpenAI's form: says in plain words that it is simulated, and from which machine", async () => {
    const [model = ""] = await listedModels(up.target);
    const native = await ask(up.target, { path: "/api/chat", body: { model, messages, stream: false } });
    const openai = await ask(up.target, { path: "/v1/chat/completions", body: { model, messages, stream: false } });
    const texts = [
      (JSON.parse(native.text) as { message: { content: string } }).message.content,
      (JSON.parse(openai.text) as { choices: { message: { content: string } }[] }).choices[0]?.message.content ?? "",
    ];
    for (const [at, { headers }] of [native, openai].entries()) {
      expect(headers["x-fleet-simulated"]).toBe("true");
      expect(texts[at]).toContain("simulated answer");
      expect(texts[at]).toContain(headers["x-fleet-node"]);
    }
  }, 30_000);

  test("what the dashboard and its tools ask for is answered; what has not come yet answers 501 with what to do", async () => {
    const reads = ["usage", "health", "recommendations", "settings", "model-management", "models", "apps", "overview"];
    const more = [
      "trends",
      "tags",
      "energy",
      "briefing",
      "benchmarks",
      "pinned-models",
      "context-usage",
      "traces?limit=20",
    ];
    const calls = [
      ...[...reads, ...more].map((name) => ({ path: `/dashboard/api/${name}` })),
      {
        path: "/dashboard/api/settings",
        body: '{"auto_pull": false}',
        headers: { "content-type": "application/json" },
      },
      { path: "/dashboard/api/pull", body: { model: "tour:2b", node_id: "demo-laptop" } },
      { path: "/api/embed", body: { model: "demo-embed", input: "a" } },
      { path: "/v1/messages", body: { model: "demo-chat", max_tokens: 9, messages } },
      { path: "/metrics" },
      { path: "/openapi.json" },
      { path: "/fleet/limits" },
    ];
    const told: unknown[] = [];
    for (const call of calls) {
      const { status, text } = await ask(up.target, call);
      if (status !== 200) told.push([call.path, status, text.slice(0, 200)]);
    }
    expect(told).toEqual([]);
    for (const path of ["/api/generate-image", "/api/transcribe"]) {
      const { status, headers } = await ask(up.target, { path, body: {} });
      expect([path, status, headers["x-herd-error"]]).toEqual([path, 501, "HERD_NOT_YET"]);
    }
    const usage = await askJson<{ data: unknown[] }>(up.target, { path: "/dashboard/api/usage" });
    expect(usage.data).toEqual([]);
    const health = await askJson<{ vitals: { total_requests_24h: number } }>(up.target, {
      path: "/dashboard/api/health",
    });
    expect(health.vitals.total_requests_24h).toBe(0);
  }, 60_000);

  test("the official clients list, pull and chat", async () => {
    const client = new Ollama({ host: up.url });
    expect((await client.list()).models.length).toBeGreaterThan(3);
    expect((await client.pull({ model: "tiny:0.1b", stream: false })).status).toBe("success");
    let said = "";
    for await (const part of await client.chat({ model: "demo-thinker", messages, think: true, stream: true }))
      said += part.message.thinking ?? part.message.content;
    expect(said).toContain("simulated");
    const openai = new OpenAI({ baseURL: `${up.url}/v1`, apiKey: "none", maxRetries: 0 });
    let streamed = "";
    for await (const part of await openai.chat.completions.create({ model: "demo-chat", messages, stream: true }))
      streamed += part.choices[0]?.delta.content ?? "";
    expect(streamed).toContain("simulated answer");
  }, 30_000);

  test("the records: traces are marked, and nothing is learned or kept from the demo", async () => {
    await ask(up.target, { path: "/api/chat", body: { model: "demo-none", messages, stream: false } });
    await ask(up.target, { path: "/api/chat", body: { model: "demo-chat", messages, stream: false } });
    const recent = () => askJson<{ traces: Row[] }>(up.target, { path: "/dashboard/api/traces?limit=20" });
    const look = async () => (await recent()).traces[0]?.["model"] === "demo-chat:latest";
    await until({ what: "the newest trace is stored", look, withinMs: 5_000 });
    for (const trace of (await recent()).traces) expect(trace["simulated"]).toBe(trace["node_id"] !== "");
    // Stored speeds are written every few seconds at the latest when the router stops.
    up.program.signal("SIGTERM");
    await up.program.ended;
    const database = openDatabase(join(dataDir, "latency.db"), { readonly: true });
    cleanup.add(() => database.close());
    const rows = (sql: string) => database.prepare(sql).all() as Row[];
    const failed = rows(
      "SELECT request_id, model, status, error_message FROM request_traces WHERE status='failed' ORDER BY timestamp DESC LIMIT 10",
    );
    expect(failed).toMatchObject([{ model: "demo-none", error_message: "model 'demo-none' not found" }]);
    const slowest = rows(
      "SELECT model, node_id, latency_ms/1000.0 AS secs FROM request_traces WHERE status='completed' ORDER BY latency_ms DESC LIMIT 10",
    );
    expect(slowest.every(({ node_id }) => String(node_id).startsWith("demo-"))).toBe(true);
    expect(rows("SELECT DISTINCT simulated FROM request_traces WHERE status='completed'")).toEqual([{ simulated: 1 }]);
    expect(rows("SELECT node_id FROM nodes")).toEqual([{ node_id: "own" }]);
    for (const table of ["known_models", "learned_speeds", "latency_observations", "milestones"])
      expect([table, rows(`SELECT count(*) AS n FROM ${table}`)]).toEqual([table, [{ n: 0 }]]);
    const log = readFileSync(join(dataDir, "logs", "herd.jsonl"), "utf8");
    expect(log).not.toContain('"level": "ERROR"');
    expect(log).toMatch(/"node_id": "demo-.*"simulated": true/);
  }, 30_000);
});

type Row = Readonly<Record<string, unknown>>;
