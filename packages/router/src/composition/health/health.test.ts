import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parseHeartbeat } from "@herd/shared";
import { afterEach, describe, expect, it } from "vitest";
import type { FindingView, HealthAnswer, HistoryEntry } from "../../dashboard-api/health/health-views.ts";
import type { RouterSettings } from "../../settings/settings.ts";
import { chatAnswer } from "../testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "../testing/test-router.ts";

const routers: TestRouter[] = [];
afterEach(async () => {
  await Promise.all(routers.splice(0).map((router) => router.close()));
});

async function start(settings: Partial<RouterSettings> = {}): Promise<TestRouter> {
  const router = await startTestRouter({ healthSettleS: 0, healthEndS: 0, ...settings });
  routers.push(router);
  return router;
}

/** What stands after a look at this moment. */
async function healthOf(router: TestRouter): Promise<HealthAnswer> {
  router.assembly.health.look();
  const response = await fetch(`${router.url}/dashboard/api/health`);
  return (await response.json()) as HealthAnswer;
}

const found = ({ recommendations }: HealthAnswer, id: string): readonly FindingView[] =>
  recommendations.filter(({ check_id }) => check_id === id);
const withoutNotes = ({ recommendations }: HealthAnswer) =>
  recommendations.filter(({ severity }) => severity !== "info");

async function post(router: TestRouter, path: string, body: object) {
  const response = await fetch(`${router.url}/dashboard/api/health/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, content: (await response.json()) as Record<string, unknown> };
}

async function historyOf(router: TestRouter, query = ""): Promise<readonly HistoryEntry[]> {
  const response = await fetch(`${router.url}/dashboard/api/health/history${query}`);
  return ((await response.json()) as { history: readonly HistoryEntry[] }).history;
}

/** Waits for what happens between two turns of the event loop: no time is guessed. */
async function until<Value>(look: () => Promise<Value | undefined>): Promise<Value> {
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const heartbeat = (id: string, more: object = {}) => ({
  node_id: id,
  cpu: { cores_physical: 8, utilization_pct: 5 },
  memory: { total_gb: 32, used_gb: 20, available_gb: 12 },
  ollama: { models_loaded: [{ name: "m:latest", size_gb: 4 }], models_available: ["m:latest"], version: "0.24.0" },
  memory_bandwidth_gbps: 100,
  agent_version: "0.11.4",
  ...more,
});
const report = (router: TestRouter, content: object, headers: Record<string, string> = {}) =>
  fetch(`${router.url}/heartbeat`, { method: "POST", body: JSON.stringify(content), headers });

describe("the health of a running fleet", () => {
  it("is 100 for a healthy one, with the predecessor's vitals", async () => {
    const router = await start();
    await router.addNode(chatAnswer);
    await fetch(`${router.url}/api/chat`, {
      method: "POST",
      body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }], stream: false }),
    });
    const health = await healthOf(router);
    expect(withoutNotes(health)).toEqual([]);
    expect(health.vitals).toMatchObject({ health_score: 100, nodes_total: 1, nodes_online: 1, nodes_offline: 0 });
    expect(Object.keys(health.vitals)).toEqual(
      expect.arrayContaining([
        "nodes_degraded",
        "overall_error_rate_pct",
        "cold_loads_24h",
        "avg_ttft_ms",
        "total_requests_24h",
        "total_retries_24h",
        "client_disconnects_24h",
        "incomplete_streams_24h",
        "image_generations_24h",
        "transcriptions_24h",
      ]),
    );
    expect(health.checked_at).toBeGreaterThan(1_700_000_000);
  });

  it("finds a machine that falls silent, writes down when, and lets it go when it is back", async () => {
    const router = await start({ heartbeatTimeout: 0.05, heartbeatOffline: 0.1 });
    const node = await router.addNode(chatAnswer, { id: "mac;reboot" });
    await healthOf(router);
    const silent = await until(async () => found(await healthOf(router), "node_offline")[0]);
    expect(silent).toMatchObject({
      key: "node_offline|mac;reboot|",
      severity: "critical",
      node_id: "mac;reboot",
      command: `herd node remove 'mac;reboot' --router-url http://localhost:${router.port}`,
      is_settled: true,
    });
    const begun = await until(async () => (await historyOf(router, "?check_id=node_offline"))[0]);
    expect(begun).toMatchObject({ ended_at: null, severity: "critical", node_id: "mac;reboot" });
    await until(async () => {
      await router.join(node, { id: "mac;reboot" });
      return found(await healthOf(router), "node_offline").length === 0 ? true : undefined;
    });
    await until(async () => (await historyOf(router, "?check_id=node_offline"))[0]?.ended_at ?? undefined);
  });

  it("finds an Ollama that has ended, and a clock that is wrong", async () => {
    const router = await start();
    await report(router, heartbeat("a"));
    const broken = { models_loaded: [], models_available: [], reachable: false, error: "connect ECONNREFUSED" };
    const system = { platform: "darwin", release: "25" };
    await report(router, heartbeat("a", { ollama: broken, timestamp: Date.now() / 1000 - 600, system }));
    const health = await healthOf(router);
    expect(found(health, "backend_unreachable")).toMatchObject([
      { severity: "critical", node_id: "a", command: "open -a Ollama" },
    ]);
    expect(found(health, "clock_skew")).toMatchObject([{ severity: "warning", data: { skew_s: expect.any(Number) } }]);
    expect(health.vitals["health_score"]).toBe(70);
  });

  it("finds somebody who reports under the id of another machine", async () => {
    const router = await start();
    const signed = { "x-herd-key": "A".repeat(43), "x-herd-time": String(Date.now()), "x-herd-signature": "x" };
    router.assembly.fleet.door.restore("a", { publicKey: "B".repeat(43), address: "192.168.1.9", lastTime: 0 });
    const refused = await report(router, heartbeat("a"), signed);
    expect(refused.status).toBe(403);
    expect(found(await healthOf(router), "duplicate_node_id")).toMatchObject([
      { severity: "warning", node_id: "a", data: { refused: 1 } },
    ]);
  });

  it("charges nothing for what is acknowledged or put off, until that is taken back, and keeps it over a restart", async () => {
    const router = await start();
    await report(router, heartbeat("a", { power: { source: "battery", battery_pct: 5 } }));
    const [low] = found(await healthOf(router), "on_battery");
    const key = low?.key ?? "";
    expect(await post(router, "acknowledge", { key, note: "on the train" })).toMatchObject({ status: 200 });
    const known = await healthOf(router);
    expect(found(known, "on_battery")).toMatchObject([{ acknowledged: true, note: "on the train" }]);
    expect(known.vitals["health_score"]).toBe(100);
    await post(router, "unmark", { key });
    expect((await healthOf(router)).vitals["health_score"]).toBe(90);
    const snoozed = await post(router, "snooze", { key, hours: 2 });
    expect(Number(snoozed.content["snoozed_until"])).toBeGreaterThan(Date.now() / 1000 + 7_000);
    const { dataDir } = router.assembly.live.values;
    await router.stop();
    const next = await start({ dataDir });
    await report(next, heartbeat("a", { power: { source: "battery", battery_pct: 5 } }));
    const later = await healthOf(next);
    expect(found(later, "on_battery")).toMatchObject([{ key, since: low?.since }]);
    expect(later.vitals["health_score"]).toBe(100);
  });

  it("shows machines of the demo to callers on the router's own machine alone, and writes nothing down of them", async () => {
    const router = await start({ trustedProxies: ["127.0.0.1"] });
    router.assembly.fleet.demo.isOpen = true;
    const simulated = { simulated: true, timestamp: Date.now() / 1000 - 600 };
    expect((await report(router, heartbeat("demo-a", simulated))).status).toBe(200);
    const here = await healthOf(router);
    expect(found(here, "clock_skew")).toMatchObject([{ node_id: "demo-a" }]);
    const lan = await fetch(`${router.url}/dashboard/api/health`, { headers: { "x-forwarded-for": "192.168.1.5" } });
    const there = (await lan.json()) as HealthAnswer;
    expect(there.vitals).toMatchObject({ nodes_total: 0 });
    expect(JSON.stringify(there)).not.toContain("demo-a");
    const changed = await fetch(`${router.url}/dashboard/api/health/acknowledge`, {
      method: "POST",
      headers: { "x-forwarded-for": "192.168.1.5" },
      body: JSON.stringify({ key: "clock_skew|demo-a|" }),
    });
    expect(changed.status).toBe(403);
    expect(await historyOf(router, "?check_id=clock_skew")).toEqual([]);
  });

  it("finds a machine that reports and cannot be called, before any request has failed there", async () => {
    const router = await start();
    const node = await router.addNode(chatAnswer, { id: "near" });
    await node.kill();
    const far = heartbeat("far", { ollama_host: `http://127.0.0.1:${node.port}` });
    const parsed = parseHeartbeat(far);
    if (parsed.kind !== "report") throw new Error("the heartbeat cannot be read");
    const origin = { address: "127.0.0.1", isLocal: false, publicKey: undefined };
    router.assembly.fleet.registry.accept({ heartbeat: parsed.heartbeat, origin, dropped: [] });
    await healthOf(router);
    await router.assembly.health.ready();
    expect(found(await healthOf(router), "gateway_unreachable")).toMatchObject([
      { severity: "critical", node_id: "far", data: { place: `127.0.0.1:${node.port}`, reason: "ECONNREFUSED" } },
    ]);
  });

  it("keeps the webhook's address from callers in the network", async () => {
    const router = await start({ trustedProxies: ["127.0.0.1"], notifyWebhookUrl: "http://127.0.0.1:9/secret-path" });
    const settingsFor = async (headers: Record<string, string>) =>
      (await fetch(`${router.url}/dashboard/api/settings`, { headers })).text();
    expect(await settingsFor({})).toContain("secret-path");
    expect(await settingsFor({ "x-forwarded-for": "192.168.1.5" })).not.toContain("secret-path");
  });

  it("refuses what it does not know with the field and the way out", async () => {
    const router = await start();
    expect(await post(router, "acknowledge", { key: "nothing||" })).toMatchObject({
      status: 404,
      content: { code: "HERD_UNKNOWN_FINDING" },
    });
    expect(await post(router, "acknowledge", {})).toMatchObject({ status: 400, content: { field: "key" } });
    expect(await post(router, "snooze", { key: "a", until: 5 })).toMatchObject({
      status: 400,
      content: { field: "until" },
    });
    expect(await post(router, "snooze", { key: "a", hours: -1 })).toMatchObject({
      status: 400,
      content: { field: "hours" },
    });
    expect(await post(router, "unmark", { key: "a||" })).toMatchObject({
      status: 200,
      content: { status: "not_marked" },
    });
    for (const query of ["?days=-1", "?limit=0", "?limit=501", "?check_id=%27%20OR%201%3D1", "?what=1"]) {
      const response = await fetch(`${router.url}/dashboard/api/health/history${query}`);
      expect([query, response.status]).toEqual([query, 400]);
    }
  });

  it("tells a webhook what begins and what ends, and finds out when nobody takes it", async () => {
    const bodies: Record<string, unknown>[] = [];
    const hook = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        bodies.push(JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>);
        response.end();
      });
    });
    hook.listen(0, "127.0.0.1");
    await once(hook, "listening");
    const notifyWebhookUrl = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
    const router = await start({ notifyWebhookUrl });
    await report(router, heartbeat("a", { power: { source: "battery", battery_pct: 5 } }));
    await healthOf(router);
    await until(async () => bodies[0]);
    await report(router, heartbeat("a", { power: { source: "ac" } }));
    await healthOf(router);
    await until(async () => bodies[1]);
    expect(bodies).toMatchObject([
      { severity: "warning", findings: [{ change: "began", check_id: "on_battery", node_id: "a" }] },
      { severity: "info", findings: [{ change: "ended", check_id: "on_battery" }] },
    ]);
    expect((await post(router, "test-notification", {})).content).toMatchObject({
      status: "sent",
      results: [{ ok: true }],
    });
    hook.closeAllConnections();
    await new Promise((resolve) => hook.close(resolve));
    for (let attempt = 0; attempt < 3; attempt += 1)
      expect((await post(router, "test-notification", {})).content).toMatchObject({
        status: "failed",
        results: [{ ok: false }],
      });
    expect(found(await healthOf(router), "notification_failing")).toMatchObject([
      { severity: "warning", description: expect.stringContaining("ECONNREFUSED") },
    ]);
  });
});
