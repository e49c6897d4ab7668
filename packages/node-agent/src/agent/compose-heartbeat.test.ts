import { heartbeat } from "@herd/shared";
import { expect, test } from "vitest";
import { composeHeartbeat, type HeartbeatFacts } from "./compose-heartbeat.ts";

const inventory = { names: ["a:1"], facts: { "a:1": { digest: "d" } }, sizes: { "a:1": 1.5 } };
const facts = (part: Partial<HeartbeatFacts> = {}): HeartbeatFacts => ({
  nodeId: "mini",
  now: 1_790_000_000_500,
  arch: "arm64",
  machine: {},
  rough: {
    cpu: { cores_physical: 8, utilization_pct: 0 },
    memory: { total_gb: 32, used_gb: 8, available_gb: 24, pressure: "normal", wired_gb: 0, compressed_gb: 0 },
  },
  system: { platform: "linux", release: "6.1" },
  ollamaHost: "http://localhost:11434",
  ollama: { isReachable: true, version: "0.24.0", loaded: [], inventory },
  ollamaStart: { numParallel: 2, maxLoadedModels: 0, modelsFolders: [] },
  isInventoryFull: true,
  gatewayPort: 11433,
  failures: { sinceLast: 1, total: 3 },
  ...part,
});

test("before any probe has read, a heartbeat is complete and holds no null but the inventory's", () => {
  const sent = composeHeartbeat(facts());
  expect(heartbeat.safeParse(sent).success).toBe(true);
  expect(Object.values(sent)).not.toContain(null);
  expect(sent).toMatchObject({ timestamp: 1_790_000_000.5, connection_failures: 1, connection_failures_total: 3 });
  expect(Object.keys(sent)).not.toContain("thermal");
});

test("facts and sizes go along only when they are due; names always do", () => {
  expect(composeHeartbeat(facts()).ollama.models_available_sizes).toEqual({ "a:1": 1.5 });
  expect(composeHeartbeat(facts({ isInventoryFull: false })).ollama).toMatchObject({
    models_available: ["a:1"],
    models_available_meta: null,
    models_available_sizes: null,
  });
});

test("an Ollama that cannot be asked has no models, and says why", () => {
  const sent = composeHeartbeat(facts({ ollama: { isReachable: false, error: "no connection (ECONNREFUSED)" } }));
  expect(sent.ollama).toMatchObject({ models_available: [], reachable: false, error: "no connection (ECONNREFUSED)" });
  expect(sent.backends).toEqual([{ kind: "ollama", path: "/ollama", version: "", models: [], is_reachable: false }]);
});

test("a port that is not open is not promised", () => {
  expect(Object.keys(composeHeartbeat(facts({ gatewayPort: undefined })))).not.toContain("gateway");
});

test("chip and bandwidth come from the graphics card where there is one", () => {
  const hardware = { cpuName: "AMD Ryzen 9", physicalCores: 16, graphics: [] };
  const gpus = [{ name: "NVIDIA GeForce RTX 3090", vram_total_gb: 24 }];
  expect(composeHeartbeat(facts({ machine: { hardware, gpus } }))).toMatchObject({
    chip: "AMD Ryzen 9 + NVIDIA GeForce RTX 3090",
    memory_bandwidth_gbps: 936,
    gpus,
  });
  expect(composeHeartbeat(facts({ machine: { hardware } }))).toMatchObject({
    chip: "AMD Ryzen 9",
    memory_bandwidth_gbps: 0,
  });
});
