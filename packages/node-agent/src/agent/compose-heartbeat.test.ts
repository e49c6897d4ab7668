import { heartbeat, parseHeartbeat } from "@herd/shared";
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
  servers: [],
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

test("each further server stands beside Ollama, with what it tells, or with why it tells nothing", () => {
  const model = { name: "/models/x.gguf", is_loaded: true, context_length: 4096 };
  const place = { path: "/openai-8080", url: "http://127.0.0.1:8080" };
  const answers = {
    isReachable: true,
    software: "llama-server",
    version: "b1",
    parallelism: 4,
    models: [model],
  } as const;
  const silent = { isReachable: false, error: "no connection", isStarting: false, software: "" } as const;
  const sent = composeHeartbeat(
    facts({
      servers: [
        { place, state: answers },
        { place: { path: "/openai-1", url: "http://127.0.0.1:1" }, state: silent },
      ],
    }),
  );
  expect(parseHeartbeat(sent)).toMatchObject({ dropped: [], heartbeat: { backends: sent.backends } });
  expect(sent.backends?.slice(1)).toEqual([
    {
      kind: "openai-compatible",
      path: "/openai-8080",
      url: "http://127.0.0.1:8080",
      software: "llama-server",
      version: "b1",
      models: ["/models/x.gguf"],
      is_reachable: true,
      served: [model],
      parallelism: 4,
    },
    {
      kind: "openai-compatible",
      path: "/openai-1",
      url: "http://127.0.0.1:1",
      version: "",
      models: [],
      is_reachable: false,
      error: "no connection",
    },
  ]);
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
