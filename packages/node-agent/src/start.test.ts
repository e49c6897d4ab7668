import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { heartbeat as heartbeatContract } from "@herd/shared";
import { createIdentity, fleetIdOf, linkHeaders, signCall } from "@herd/shared/link";
import { Advertiser, nameOf } from "@herd/shared/mdns";
import { type SimulatedOllama, startSimulatedOllama } from "@herd/simulated-ollama";
import { afterEach, beforeEach, expect, test } from "vitest";
import { llamaServer } from "./backends/openai-compatible/testing/known-servers.ts";
import { startStandIn } from "./backends/openai-compatible/testing/stand-in-server.ts";
import type { AgentDependencies, RunningAgent } from "./running-agent.ts";
import type { AgentSettings } from "./settings/settings.ts";
import { startAgent } from "./start.ts";
import { type FakeRouter, startFakeRouter } from "./testing/fake-router.ts";

let folder: string;
let router: FakeRouter;
let ollama: SimulatedOllama;
let printed: string[];
const agents: RunningAgent[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "herd-agent-"));
  printed = [];
  router = await startFakeRouter();
  ollama = await startSimulatedOllama({ loaded: ["smollm2:135m"] });
});
afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.close({ drain: false })));
  await Promise.all([router.stop(), ollama.close()]);
  rmSync(folder, { recursive: true, force: true });
});

/** A period of a minute: whatever arrives sooner was sent for a reason. */
const seldom = { heartbeatInterval: 60 };
const often = { heartbeatInterval: 0.05 };

async function start(settings: Partial<AgentSettings> = often, dependencies: AgentDependencies = {}) {
  const agent = await startAgent(
    {
      nodeId: "mini",
      ollamaHost: ollama.url,
      backends: [],
      routerUrl: router.url,
      mdnsType: "_fleet-manager._tcp.local.",
      heartbeatInterval: 5,
      dataDir: folder,
      gatewayPort: 0,
      gatewayHost: "127.0.0.1",
      logLevel: "DEBUG",
      consoleLogLevel: "INFO",
      ...settings,
    },
    { print: (sentence) => printed.push(sentence), ...dependencies },
  );
  agents.push(agent);
  return agent;
}

const last = () => router.beats.at(-1)?.heartbeat;
const reports = () => router.beats.flatMap(({ heartbeat }) => heartbeat ?? []);

/** Calls the agent's gateway as the router would, with a time taken from the newest heartbeat. */
async function callGateway(agent: RunningAgent, path = "/ollama/api/tags", body?: string): Promise<IncomingMessage> {
  const time = Math.floor((last()?.timestamp ?? 0) * 1000);
  const signed = { method: body === undefined ? "GET" : "POST", path, time, nonce: randomBytes(9).toString("hex") };
  return new Promise((resolve, reject) => {
    const headers = {
      [linkHeaders.time]: String(time),
      [linkHeaders.nonce]: signed.nonce,
      [linkHeaders.signature]: signCall(router.secret(), signed),
    };
    const sent = request({ host: "127.0.0.1", port: agent.gatewayPort, agent: false, ...signed, headers }, resolve);
    sent.on("error", reject).end(body);
  });
}

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of answer) text += chunk;
  return text;
}

test("the first heartbeat carries everything the contract asks for, each field in its shape", async () => {
  const agent = await start(seldom);
  await expect.poll(() => last()?.ollama.reachable, { timeout: 10_000 }).toBe(true);
  expect(router.beats.at(-1)).toMatchObject({ nodeId: "mini", dropped: [], status: 200, isSigned: true });
  expect(heartbeatContract.safeParse(last()).success).toBe(true);
  expect(last()).toMatchObject({
    agent_version: "0.1.0",
    gateway: { port: agent.gatewayPort },
    ollama: { reachable: true, version: "0.24.0", models_loaded: [{ name: "smollm2:135m", context_length: 4096 }] },
    backends: [{ kind: "ollama", path: "/ollama", is_reachable: true, version: "0.24.0" }],
    connection_failures: 0,
  });
  expect(last()?.ollama.models_available).toContain("gemma3:270m");
});

test("sizes in bytes, capabilities and trained contexts of all models arrive, and then no more until asked", async () => {
  await start();
  const facts = () => reports().flatMap(({ ollama: reading }) => reading.models_available_meta?.["gemma3:270m"] ?? []);
  await expect.poll(() => facts().at(-1)).toMatchObject({ capabilities: ["completion"], context_max: 32_768 });
  const sizes = reports().flatMap(({ ollama: reading }) => reading.models_available_sizes?.["gemma3:270m"] ?? []);
  expect(Math.round((sizes[0] ?? 0) * 2 ** 30)).toBe(253_113_859);
  await expect.poll(() => last()?.ollama.models_available_meta).toBeNull();
  router.behaviour.commands = [{ type: "report_inventory", reason: "test" }];
  await expect.poll(() => last()?.ollama.models_available_meta).not.toBeNull();
});

test("asked for the inventory, the agent sends the next heartbeat at once, once", async () => {
  const agent = await start(seldom);
  await expect.poll(() => last()?.ollama.reachable, { timeout: 10_000 }).toBe(true);
  await agent.close({ drain: false });
  router.behaviour.commands = [{ type: "report_inventory", reason: "test" }];
  const before = router.beats.length;
  await start(seldom);
  await expect.poll(() => router.beats.length).toBeGreaterThan(before + 1);
  expect(last()?.ollama.models_available_sizes).toBeTypeOf("object");
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(router.beats.length).toBeLessThanOrEqual(before + 3);
});

test("commands that are not known do nothing, and cost the others nothing", async () => {
  const restart = { type: "restart_ollama", env: { LD_PRELOAD: "/tmp/evil.so" }, reason: "test" };
  router.behaviour.commands = [restart, 42, { type: "report_inventory", reason: "test" }];
  await start(seldom);
  await expect.poll(() => router.beats.length).toBeGreaterThan(1);
  expect(ollama.received.every(({ path }) => /^\/api\/(ps|tags|version|show)$/.test(path))).toBe(true);
});

test("an Ollama that dies is reported at once as unreachable, and at once again when it answers", async () => {
  await start(seldom);
  await expect.poll(() => last()?.ollama.reachable, { timeout: 10_000 }).toBe(true);
  await ollama.kill();
  await expect.poll(() => last()?.ollama.reachable, { timeout: 10_000 }).toBe(false);
  expect(last()).toMatchObject({
    ollama: { models_loaded: [], models_available: [], error: expect.stringContaining("ECONNREFUSED") },
    backends: [{ is_reachable: false, models: [] }],
  });
  await ollama.listenAgain();
  await expect.poll(() => last()?.ollama.reachable, { timeout: 10_000 }).toBe(true);
  expect(last()?.ollama.models_available_meta).not.toBeNull();
});

test("an Ollama that takes connections and says nothing holds up no heartbeat", async () => {
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const address = silent.address();
  const port = typeof address === "object" ? address?.port : 0;
  const agent = await start({ ...often, ollamaHost: `http://127.0.0.1:${port}` });
  await agent.firstHeartbeat;
  expect(last()?.ollama).toMatchObject({ reachable: false, error: "it has not answered yet" });
  silent.close();
});

test("a further server is reported, reached through the gateway by its own path, and seen going and coming back", async () => {
  const server = await startStandIn(llamaServer);
  const agent = await start({ ...seldom, backends: [server.url] });
  const reported = () => last()?.backends?.[1];
  await expect.poll(reported, { timeout: 10_000 }).toMatchObject({
    path: `/openai-${server.port}`,
    is_reachable: true,
    software: "llama-server",
  });
  const models = await callGateway(agent, `/openai-${server.port}/v1/models`);
  expect([models.statusCode, JSON.parse(await textOf(models)).object]).toEqual([200, "list"]);
  expect((await callGateway(agent, `/openai-${server.port}/props`)).statusCode).toBe(502);
  await server.stop();
  await expect.poll(reported, { timeout: 10_000 }).toMatchObject({ is_reachable: false, models: [] });
  await server.start();
  await expect.poll(reported, { timeout: 10_000 }).toMatchObject({ is_reachable: true });
  expect(printed.filter((line) => line.includes(server.url))).toEqual([
    expect.stringContaining("leads to Ollama, "),
    expect.stringMatching(/llama-server b11434-abcdef01 at \S+ with 1 model$/),
    expect.stringMatching(/cannot be used \(no connection \(ECONNREFUSED\)\); it is reported as soon as it answers$/),
    expect.stringMatching(/llama-server b11434-abcdef01 at \S+ with 1 model$/),
  ]);
  await server.stop();
});

test("the router reaches Ollama through the gateway with the secret agreed at joining", async () => {
  const agent = await start(seldom);
  await agent.firstHeartbeat;
  const answer = await callGateway(agent);
  expect(answer.statusCode).toBe(200);
  expect(JSON.parse(await textOf(answer)).models).toHaveLength(3);
});

const aDay = 86_400_000;
test.each([
  ["ahead", aDay],
  ["behind", -aDay],
])("a machine whose clock is a day %s joins, stays, and is reached through its gateway", async (_how, skew) => {
  const agent = await start(often, { wallClock: () => Date.now() + skew });
  await agent.firstHeartbeat;
  await expect.poll(() => router.beats.length).toBeGreaterThan(3);
  expect(router.beats.every(({ status }) => status === 200)).toBe(true);
  expect(Math.abs((last()?.timestamp ?? 0) * 1000 - Date.now() - skew)).toBeLessThan(60_000);
  expect((await callGateway(agent)).statusCode).toBe(200);
});

test("a router that restarts with another key is joined again, and its calls pass", async () => {
  const agent = await start();
  await agent.firstHeartbeat;
  await router.stop();
  await expect.poll(() => printed.join("\n"), { timeout: 10_000 }).toContain("was lost");
  router.behaviour.identity = createIdentity();
  const before = router.beats.length;
  await router.listenAgain();
  await expect.poll(() => router.beats.length, { timeout: 15_000 }).toBeGreaterThan(before);
  expect(last()).toMatchObject({ connection_failures_total: expect.any(Number) });
  expect(last()?.connection_failures_total).toBeGreaterThan(0);
  await expect.poll(() => printed.join("\n")).toContain("Joined again as mini");
  expect((await callGateway(agent)).statusCode).toBe(200);
});

test("an agent started before its router joins when the router comes", async () => {
  await router.stop();
  const agent = await start();
  await expect.poll(() => printed.join("\n")).toContain("cannot be reached yet");
  await router.listenAgain();
  await agent.firstHeartbeat;
});

test("without a URL the router is found by what it announces, and another key than the announced one is not joined", async () => {
  // A type of its own, on loopback alone: nobody else hears of it.
  const mdnsType = `_herd-a${process.pid}._tcp.local.`;
  const announce = (fleet: string) => {
    const port = Number(new URL(router.url).port);
    const texts = ["version=0.1.0", `fleet=${fleet}`];
    return new Advertiser({
      advertisement: { name: "Router", type: nameOf(mdnsType), host: [`test-${fleet}`, "local"], port, texts },
      readNetworks: () => [{ interfaceName: "lo", address: "127.0.0.1", netmask: "255.0.0.0" }],
      onNamed: () => undefined,
      onProblem: () => undefined,
      monotonic: () => performance.now(),
      random: () => 0,
    });
  };
  const forged = announce("0".repeat(16));
  const agent = await start({ ...often, routerUrl: "", mdnsType });
  await expect.poll(() => printed.join("\n"), { timeout: 15_000 }).toContain("not the one that was announced");
  expect(router.beats).toEqual([]);
  await forged.withdraw();
  const genuine = announce(fleetIdOf(router.behaviour.identity.publicKey));
  await agent.firstHeartbeat;
  expect(printed).toContainEqual(`Joined as mini at ${router.url}`);
  expect(JSON.parse(readFileSync(join(folder, "agent-fleet.json"), "utf8"))).toEqual({
    router_public_key: router.behaviour.identity.publicKey,
    router_url: router.url,
  });
  await genuine.withdraw();
});

test("the key is kept: after a restart the agent shares the same secret", async () => {
  const first = await start(seldom);
  await first.firstHeartbeat;
  const secret = router.secret();
  await first.close({ drain: false });
  const second = await start(seldom);
  await second.firstHeartbeat;
  expect(router.secret().equals(secret)).toBe(true);
  expect(statSync(join(folder, "agent-key.pem")).mode & 0o777).toBe(0o600);
});

test("a node id that another machine owns is said once, with the fix", async () => {
  const body = { error: "node id 'mini' belongs to another key", code: "HERD_NODE_KEY_MISMATCH" };
  router.behaviour.answer = { status: 403, body };
  await start();
  await expect.poll(() => printed.filter((line) => line.includes("--node-id"))).toHaveLength(1);
});

test("a router of the predecessor is joined unsigned, and the owner learns what it cannot do", async () => {
  router.behaviour.isLegacy = true;
  const agent = await start(seldom);
  await agent.firstHeartbeat;
  expect(router.beats[0]?.isSigned).toBe(false);
  await expect.poll(() => printed.join("\n")).toContain("OLLAMA_HOST=0.0.0.0");
});

test("leaving tells the router first, lets a running stream finish and ends with the gateway closed", async () => {
  ollama.setFault({ kind: "slow-first-byte", milliseconds: 400 });
  const agent = await start(seldom);
  await agent.firstHeartbeat;
  const chat = JSON.stringify({ model: "smollm2:135m", prompt: "hello", options: { num_predict: 5 } });
  const running = callGateway(agent, "/ollama/api/generate", chat);
  await ollama.waitForRequest(({ path }) => path === "/api/generate");
  const closing = agent.close({ drain: true });
  await expect.poll(() => router.beats.at(-1)?.isDrain).toBe(true);
  expect(router.beats.at(-1)?.status).toBe(200);
  expect(await textOf(await running)).toContain('"done":true');
  await closing;
  await expect(callGateway(agent)).rejects.toThrow();
});

test("closing without draining ends a draining agent at once", async () => {
  ollama.setFault({ kind: "hang" });
  const agent = await start(seldom);
  await agent.firstHeartbeat;
  const running = callGateway(agent, "/ollama/api/generate", JSON.stringify({ model: "smollm2:135m", prompt: "x" }));
  const outcome = running.then(
    () => "answered",
    () => "cut",
  );
  await ollama.waitForRequest(({ path }) => path === "/api/generate");
  const draining = agent.close({ drain: true });
  await expect.poll(() => router.beats.at(-1)?.isDrain).toBe(true);
  await agent.close({ drain: false });
  await draining;
  expect(await outcome).toBe("cut");
});

test("a data folder that cannot be used is refused with the fix", async () => {
  writeFileSync(join(folder, "file"), "");
  await expect(start({ dataDir: join(folder, "file", "inside") })).rejects.toThrow(/agent-key\.pem.*--data-dir/);
});

test("the start is told to the owner and written to the log", async () => {
  const agent = await start(seldom);
  await agent.firstHeartbeat;
  const told = [
    `herd-node 0.1.0 as mini, router ${router.url}`,
    `Port 127.0.0.1:${agent.gatewayPort} is open to signed calls of the router only, and leads to Ollama`,
    `Ollama 0.24.0 at ${ollama.url} with 3 models`,
    `Joined as mini at ${router.url}`,
  ];
  await expect.poll(() => [...printed].sort()).toEqual([...told].sort());
  await agent.close({ drain: false });
  const lines = readFileSync(join(folder, "logs", "herd-node.jsonl"), "utf8")
    .trim()
    .split("\n");
  expect(lines[0]).toMatch(/^\{"ts": ".*", "level": "INFO", "logger": "agent", "node_id": "mini", "msg": "herd-node /);
});
