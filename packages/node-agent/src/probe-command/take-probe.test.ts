import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { heartbeat as heartbeatContract, parseHeartbeat } from "@herd/shared";
import { plain } from "@herd/shared/terminal";
import { type SimulatedOllama, startSimulatedOllama } from "@herd/simulated-ollama";
import { afterEach, beforeEach, expect, test } from "vitest";
import { llamaServer } from "../backends/openai-compatible/testing/known-servers.ts";
import { startStandIn } from "../backends/openai-compatible/testing/stand-in-server.ts";
import { readAgentSettings } from "../settings/read.ts";
import { probeText } from "./probe-text.ts";
import { probeWarnings } from "./probe-warnings.ts";
import { type ProbeReport, takeProbe } from "./take-probe.ts";

let folder: string;
let ollama: SimulatedOllama;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "herd-probe-"));
  ollama = await startSimulatedOllama({ loaded: ["smollm2:135m"] });
});
afterEach(async () => {
  await ollama.close();
  rmSync(folder, { recursive: true, force: true });
});

async function probe(env: Readonly<Record<string, string>> = {}): Promise<ProbeReport> {
  const { values } = readAgentSettings({
    flags: {},
    env: {
      FLEET_NODE_DATA_DIR: join(folder, "state"),
      FLEET_NODE_OLLAMA_HOST: ollama.url,
      FLEET_NODE_GATEWAY_PORT: "0",
      FLEET_NODE_GATEWAY_HOST: "127.0.0.1",
      FLEET_NODE_NODE_ID: "mini",
      ...env,
    },
    homeDir: folder,
    hostName: "mini",
  });
  return takeProbe({
    settings: values,
    environment: {},
    wallClock: () => 1_790_000_000_000,
    monotonic: () => performance.now(),
    search: { ports: [] },
  });
}

const text = (report: ProbeReport, width = 100): string =>
  probeText(report, { paint: plain, width, version: "0.1.0", gatewayPort: 0 });

test("a probe is the heartbeat that an agent would send, with every model and what it can do", async () => {
  const { heartbeat, runs } = await probe();
  expect(heartbeatContract.safeParse(heartbeat).success).toBe(true);
  expect(parseHeartbeat(JSON.parse(JSON.stringify(heartbeat)))).toMatchObject({ kind: "report", dropped: [] });
  expect(heartbeat).toMatchObject({
    node_id: "mini",
    timestamp: 1_790_000_000,
    ollama: { reachable: true, version: "0.24.0", models_loaded: [{ name: "smollm2:135m" }] },
  });
  const facts = Object.values(heartbeat.ollama.models_available_meta ?? {});
  expect(facts.length).toBeGreaterThan(0);
  expect(facts.every(({ capabilities }) => capabilities !== undefined)).toBe(true);
  expect(runs.map(({ name }) => name)).toEqual(expect.arrayContaining(["cpu", "memory", "ollama", "gateway"]));
  expect(runs.every(({ tookMs }) => tookMs >= 0)).toBe(true);
});

test("nothing is written", async () => {
  await probe();
  expect(readdirSync(folder)).toEqual([]);
});

test("a machine without Ollama is told as it is, with the way out", async () => {
  const report = await probe({ FLEET_NODE_OLLAMA_HOST: "http://127.0.0.1:9" });
  expect(report.heartbeat.ollama).toMatchObject({ reachable: false, models_available: [] });
  expect(report.runs.find(({ name }) => name === "ollama")).toMatchObject({ outcome: "failed" });
  expect(probeWarnings(report)).toEqual([
    expect.stringMatching(/no Ollama answers at .*:9 .*ollama serve.*--ollama-host/),
  ]);
  expect(text(report)).toMatch(/Ollama +none at http:\/\/127\.0\.0\.1:9 /);
});

test("an Ollama without models is told with the command that brings one", async () => {
  await ollama.close();
  ollama = await startSimulatedOllama({ models: [] });
  const report = await probe();
  expect(probeWarnings(report)).toEqual([expect.stringMatching(/no model yet\. Fix: OLLAMA_HOST=127\S+ ollama pull /)]);
});

test("further servers are told with what they have, and a missing Ollama is no trouble beside them", async () => {
  const server = await startStandIn(llamaServer);
  const env = { FLEET_NODE_OLLAMA_HOST: "http://127.0.0.1:9", FLEET_NODE_BACKENDS: `${server.url},http://127.0.0.1:8` };
  const report = await probe(env);
  await server.stop();
  expect(report.heartbeat.backends).toMatchObject([
    { kind: "ollama", is_reachable: false },
    { kind: "openai-compatible", path: `/openai-${server.port}`, software: "llama-server", parallelism: 2 },
    { path: "/openai-8", is_reachable: false, models: [] },
  ]);
  const shown = text(report);
  expect(shown).toMatch(/Backend +llama-server b11434-abcdef01 at http:\S+, 1 model, 1 in memory, 2 requests at once/);
  expect(shown).toMatch(/Backend +none at http:\/\/127\.0\.0\.1:8 \(no connection/);
  expect(shown).toMatch(/SmolLM2-135M-Instruct\.Q4_1\.gguf +0\.1 GB +8192 +completion +yes, context 2048/);
  expect(probeWarnings(report)).toEqual([
    expect.stringMatching(/127\.0\.0\.1:8 .*Fix: start it, or leave out its --backend/),
  ]);
});

test("a gateway's port that another program has is left out and told with its holder", async () => {
  const other = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  await once(other, "listening");
  const port = (other.address() as AddressInfo).port;
  const report = await probe({ FLEET_NODE_GATEWAY_PORT: String(port) });
  expect(report.heartbeat).not.toHaveProperty("gateway");
  expect(probeWarnings(report)).toEqual([expect.stringMatching(/gateway's port is taken by .*--gateway-port/)]);
  other.close();
  await once(other, "close");
  const free = await probe({ FLEET_NODE_GATEWAY_PORT: String(port) });
  expect([free.heartbeat.gateway, probeWarnings(free)]).toEqual([{ port }, []]);
});

test("the list names every reading and every probe, and fits a terminal", async () => {
  const report = await probe();
  const shown = text(report, 80);
  for (const label of ["Machine", "Processor", "Memory", "Graphics", "Disk", "Network", "Power", "Ollama", "Gateway"]) {
    expect(shown).toMatch(new RegExp(`^ {2}${label} +\\S`, "m"));
  }
  for (const { name } of report.runs) expect(shown).toMatch(new RegExp(`^${name} +\\d+ ms  `, "m"));
  const tables = shown.split("\n\n").slice(1, 3).join("\n");
  expect(Math.max(...tables.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(shown).toMatch(/smollm2:135m +[\d.]+ GB +\d+ /);
});

test("graphics, battery, sensors and other tools are told as read", async () => {
  const report = await probe();
  const heartbeat = {
    ...report.heartbeat,
    gpus: [
      { name: "RTX 4090", vram_total_gb: 24, vram_used_gb: 3.25, utilization_pct: 40, temperature_c: 61 },
      { name: "Apple M2", vram_total_gb: 0 },
    ],
    power: { source: "battery" as const, battery_pct: 80 },
    thermal: { state: "warning" as const, temperature_c: 91, source: "coretemp" },
  };
  const tools = [{ kind: "image" as const, name: "ComfyUI", version: "0.3.40", port: 8188 }];
  const shown = text({ ...report, heartbeat, tools });
  expect(shown).toContain("RTX 4090: 24 GB, 3.3 used, 40 % busy, 61 °C");
  expect(shown).toContain("Apple M2: shares the machine's memory");
  expect(shown).toContain("battery, battery at 80 %");
  expect(shown).toContain("91 °C, warning (coretemp)");
  expect(shown).toContain("ComfyUI 0.3.40 (port 8188): seen, not used yet\n");
  const server = { kind: "inference" as const, name: "vLLM", version: undefined, port: 8000 };
  expect(text({ ...report, tools: [server] })).toContain(
    "vLLM (port 8000): seen, not used yet; lend it with --backend http://127.0.0.1:8000",
  );
});
