import { createHash } from "node:crypto";

/** A node as its heartbeats describe it. */
export interface NodePlan {
  readonly id: string;
  /** Its backend's port on this machine. */
  readonly port: number;
  /** Names of all its models. */
  readonly models: readonly string[];
  /** Those in memory. */
  readonly loaded: readonly string[];
  /** Requests it computes at once per model. */
  readonly parallel: number;
  /** Which program its backend is; absent: an Ollama of the version that was recorded. */
  readonly backend?: { readonly kind: "ollama"; readonly version: string } | { readonly kind: "openai-compatible" };
}

const RECORDED_VERSION = "0.24.0";

/** Names of so many models. */
export const modelNames = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `model-${String(at + 1).padStart(3, "0")}:8b`);

/**
 * What an agent of a machine with 64 GiB and one graphics card reports. `isFull`: with facts and sizes of all models, as
 * the first heartbeat and one a minute carry them.
 */
export function heartbeatBody(plan: NodePlan, isFull: boolean): object {
  return {
    node_id: plan.id,
    arch: "x64",
    timestamp: Date.now() / 1000,
    cpu: { cores_physical: 16, utilization_pct: 12.5 },
    memory: { total_gb: 64, used_gb: 24, available_gb: 40, pressure: "normal" },
    gpus: [{ name: "NVIDIA GeForce RTX 4090", vram_total_gb: 24, vram_used_gb: 9.5 }],
    disk: { total_gb: 1800, used_gb: 1100, available_gb: 700 },
    chip: "AMD Ryzen 9 7950X",
    memory_bandwidth_gbps: 73,
    agent_version: "0.1.0",
    ollama_host: `http://127.0.0.1:${plan.port}`,
    ...(plan.backend?.kind === "openai-compatible" ? serverOf(plan) : { ollama: ollamaOf(plan, isFull) }),
  };
}

const ollamaOf = ({ backend, parallel, loaded, models }: NodePlan, isFull: boolean) => ({
  version: backend?.kind === "ollama" ? backend.version : RECORDED_VERSION,
  num_parallel: parallel,
  models_loaded: loaded.map(loadedModel),
  models_available: models,
  models_available_meta: isFull ? Object.fromEntries(models.map((name) => [name, factsOf(name)])) : null,
  models_available_sizes: isFull ? Object.fromEntries(models.map((name) => [name, 4.9])) : null,
});

/** A machine without an Ollama that lends a server with OpenAI's API. */
const serverOf = ({ port, models, parallel }: NodePlan) => ({
  ollama: { models_loaded: [], models_available: [], reachable: false, error: "connection refused" },
  backends: [
    {
      kind: "openai-compatible",
      path: `/openai-${port}`,
      url: `http://127.0.0.1:${port}`,
      software: "llama-server",
      models,
      served: models.map((name) => ({ name, context_length: 8192, capabilities: ["completion", "tools"] })),
      parallelism: parallel,
    },
  ],
});

function loadedModel(name: string) {
  return {
    name,
    size_gb: 6.1,
    size_vram_gb: 6.1,
    parameter_size: "8.0B",
    quantization: "Q4_K_M",
    // What Ollama takes by itself on most machines, so that nothing has to be changed in a request.
    context_length: 4096,
    digest: digestOf(name),
    expires_at: "2099-01-01T00:00:00Z",
  };
}

function factsOf(name: string) {
  return {
    modified_at: "2026-01-01T00:00:00Z",
    digest: digestOf(name),
    format: "gguf",
    family: "llama",
    families: ["llama"],
    parameter_size: "8.0B",
    quantization_level: "Q4_K_M",
    capabilities: ["completion", "tools"],
    context_max: 131_072,
  };
}

const digestOf = (name: string): string => createHash("sha256").update(name).digest("hex");
