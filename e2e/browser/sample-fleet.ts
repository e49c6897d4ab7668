import type { FleetNodeView, FleetStatus, QueueView } from "@herd/shared";

/** What sets one sample node apart; the rest is filled in. */
type NodeTraits = Partial<FleetNodeView> & { readonly node_id: string };
type LoadedModel = NonNullable<FleetNodeView["ollama"]>["models_loaded"][number];

const GIB_OF_MODEL: Readonly<Record<string, number>> = {
  "gemma3:4b": 4.1,
  "qwen3:30b-a3b-instruct-2507-q4_K_M": 18.6,
  "llama3.3:70b": 43.2,
  "nomic-embed-text:latest": 0.6,
  "gpt-oss:20b": 13.1,
};
const MODELS = Object.keys(GIB_OF_MODEL);

/** A node that is well. */
export function sampleNode(traits: NodeTraits): FleetNodeView {
  return {
    status: "online",
    is_draining: false,
    is_legacy: false,
    reached_by: "gateway",
    address: "192.168.1.20",
    last_heartbeat_ago_s: 1.2,
    agent_version: "0.1.0",
    ollama_url: "http://192.168.1.20:11433/ollama",
    hardware: hardware("Apple M2 Pro", { gib: 32, cores: 10 }),
    cpu: { cores_physical: 10, utilization_pct: 34 },
    memory: memory(32, 14.3),
    ollama: ollama(["gemma3:4b"]),
    backends: [backend("reachable")],
    findings: [],
    ...traits,
  };
}

/** A lane between jobs. */
function sampleLane(traits: Partial<QueueView> & Pick<QueueView, "node_id" | "model">): QueueView {
  return {
    pending: 0,
    in_flight: 0,
    concurrency: 1,
    backend: "ollama",
    completed: 0,
    failed: 0,
    rejected: 0,
    max_queue_depth: 512,
    limit_source: "assumed",
    request_type: "text",
    cache_hit_rate: null,
    warm_hit_rate: null,
    cold_request_pct: null,
    cache_sample_count: null,
    stats_samples: 0,
    avg_latency_ms: 0,
    avg_prompt_tokens: 0,
    avg_completion_tokens: 0,
    ...traits,
  };
}

/** A status with the totals that follow from its parts. */
export function sampleStatus(nodes: readonly FleetNodeView[], lanes: readonly QueueView[] = []): FleetStatus {
  return {
    fleet: {
      nodes_total: nodes.length,
      nodes_online: nodes.filter((node) => node.status === "online").length,
      models_loaded: nodes.reduce((sum, node) => sum + (node.ollama?.models_loaded.length ?? 0), 0),
      requests_active: lanes.reduce((sum, lane) => sum + lane.in_flight, 0),
      requests_waiting: lanes.reduce((sum, lane) => sum + lane.pending, 0),
      requests_held: 0,
    },
    nodes: [...nodes],
    queues: Object.fromEntries(lanes.map((lane) => [`${lane.node_id}:${lane.model}`, lane])),
    timestamp: 1_790_000_000.5,
  };
}

/** Three machines of different kinds, one of which has a finding. */
export function threeNodes(): FleetStatus {
  return sampleStatus(
    [sampleNode({ node_id: "mac-mini" }), macStudio(), tower()],
    [
      sampleLane({ node_id: "mac-mini", model: "gemma3:4b", completed: 412 }),
      sampleLane({ node_id: "mac-studio", model: "llama3.3:70b", in_flight: 1, pending: 4, completed: 38, failed: 2 }),
      sampleLane({
        node_id: "tower",
        model: "gpt-oss:20b",
        in_flight: 3,
        concurrency: 4,
        completed: 12_845,
        limit_source: "learned",
      }),
      sampleLane({
        node_id: "mac-studio",
        model: "nomic-embed-text:latest",
        concurrency: 8,
        limit_source: "reported",
        completed: 90,
      }),
    ],
  );
}

function macStudio(): FleetNodeView {
  return sampleNode({
    node_id: "mac-studio",
    reached_by: "loopback",
    address: "127.0.0.1",
    ollama_url: "http://127.0.0.1:11434",
    hardware: hardware("Apple M2 Ultra", { gib: 192, cores: 24 }),
    cpu: { cores_physical: 24, utilization_pct: 11 },
    memory: memory(192, 78.4),
    ollama: ollama(["qwen3:30b-a3b-instruct-2507-q4_K_M", "llama3.3:70b", "nomic-embed-text:latest"]),
  });
}

function tower(): FleetNodeView {
  return sampleNode({
    node_id: "tower",
    hardware: { ...hardware("AMD Ryzen 9 7950X", { gib: 64, cores: 16 }), arch: "x64" },
    cpu: { cores_physical: 16, utilization_pct: 72 },
    memory: { ...memory(64, 58.9), pressure: "warn" },
    gpus: [{ name: "NVIDIA GeForce RTX 4090", vram_total_gb: 24, vram_used_gb: 17.2, utilization_pct: 96 }],
    ollama: ollama(["gpt-oss:20b", "gemma3:4b"]),
    findings: [
      {
        id: "clock_skew",
        text: "its clock differs from the router's by 95 s",
        fix: "Switch on automatic time on that machine",
      },
    ],
  });
}

/** A large fleet with every state in it. */
export function manyNodes(count: number): FleetStatus {
  const nodes = Array.from({ length: count }, (_, index) => nodeOfRack(index));
  const lanes = nodes.flatMap((node, index) =>
    (node.ollama?.models_loaded ?? []).map(({ name }) =>
      sampleLane({
        node_id: node.node_id,
        model: name,
        in_flight: index % 6 === 4 ? 2 : 0,
        pending: index % 12 === 4 ? 7 : 0,
        concurrency: 4,
        completed: index * 37,
        failed: index % 9 === 0 ? 1 : 0,
        limit_source: "reported",
      }),
    ),
  );
  return sampleStatus(nodes, lanes);
}

function nodeOfRack(index: number): FleetNodeView {
  const usual = sampleNode({
    node_id: `rack-${index + 1}`,
    address: `10.0.4.${index + 1}`,
    ollama_url: `http://10.0.4.${index + 1}:11433/ollama`,
    cpu: { cores_physical: 10, utilization_pct: (index * 17) % 100 },
    memory: memory(64, 8 + ((index * 11) % 50)),
    ollama: ollama(MODELS.slice(0, index % 6)),
  });
  if (index === 7)
    return { ...usual, status: "offline", last_heartbeat_ago_s: 7_300, cpu: undefined, memory: undefined };
  if (index === 8)
    return { ...usual, status: "offline", is_draining: true, last_heartbeat_ago_s: null, ollama: undefined };
  if (index === 19) return { ...usual, status: "degraded", last_heartbeat_ago_s: 16 };
  if (index === 23) return { ...usual, backends: [{ ...backend("unreachable"), breaker: "open" }] };
  if (index === 30) return { ...usual, is_draining: true };
  if (index === 33) return { ...usual, is_legacy: true, reached_by: "direct", agent_version: "0.6.2" };
  return usual;
}

function hardware(chip: string, size: { readonly gib: number; readonly cores: number }): FleetNodeView["hardware"] {
  return { memory_total_gb: size.gib, cores_physical: size.cores, chip, memory_bandwidth_gbps: 200, arch: "arm64" };
}

function memory(total: number, used: number): NonNullable<FleetNodeView["memory"]> {
  return {
    total_gb: total,
    used_gb: used,
    available_gb: total - used,
    pressure: "normal",
    wired_gb: 0,
    compressed_gb: 0,
  };
}

function ollama(names: readonly string[]): NonNullable<FleetNodeView["ollama"]> {
  return {
    models_loaded: names.map(loaded),
    models_available: [...MODELS, "codestral:22b", "phi4:14b"],
    requests_active: 0,
  };
}

function loaded(name: string, index: number): LoadedModel {
  return {
    name,
    size_gb: GIB_OF_MODEL[name] ?? 1,
    requests_active: 0,
    parameter_size: "",
    quantization: "Q4_K_M",
    context_length: 8_192 * (index + 1),
  };
}

function backend(state: "reachable" | "unreachable"): FleetNodeView["backends"][number] {
  return {
    kind: "ollama",
    path: "/ollama",
    version: "0.24.0",
    models: [],
    is_reachable: state === "reachable",
    state,
    breaker: "closed",
  };
}
