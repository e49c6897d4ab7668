import { z } from "zod";
import { backendReading, ollamaReading } from "./backend-readings.ts";
import type { ContractExamples } from "./example.ts";
import {
  capacityReading,
  cpuReading,
  diskReading,
  gpuReading,
  memoryReading,
  powerReading,
  thermalReading,
} from "./node-readings.ts";

/** One lane (node:model) as shown. Averages of 0 with `stats_samples` 0 mean "no measurements yet". */
export const queueView = z.object({
  pending: z.int().nonnegative().describe("Requests expected to run here that still wait"),
  in_flight: z.int().nonnegative().describe("Requests holding a slot"),
  concurrency: z.int().positive().describe("Slots: the enforced limit"),
  model: z.string().describe("Name of the model on that node"),
  node_id: z.string().describe("Name of the node"),
  backend: z.string().describe("Which backend of the node: ollama, or the last part of a backend's path"),
  simulated: z.literal(true).optional().describe("A lane of the demo; absent on real ones"),
  completed: z.int().nonnegative().describe("Since the router started"),
  failed: z.int().nonnegative().describe("Since the router started"),
  rejected: z.int().nonnegative().describe("Turned away because the lane was full"),
  max_queue_depth: z.int().positive().nullable().describe("Requests that may wait here; null: none may"),
  limit_source: z.enum(["reported", "assumed", "learned"]).describe("Where the limit comes from"),
  request_type: z.enum(["text", "image", "stt", "embed"]).describe("Kind of work"),
  cache_hit_rate: z.number().nullable().describe("Share of prompts whose beginning was remembered, 0–1; null unknown"),
  warm_hit_rate: z.number().nullable().describe("Share of requests that met the model in memory, 0–1; null unknown"),
  cold_request_pct: z.number().nullable().describe("Requests that had to load the model, per cent; null unknown"),
  cache_sample_count: z.number().nullable().describe("Requests behind these three; null unknown"),
  stats_samples: z.int().nonnegative().describe("Completed requests behind the averages"),
  avg_latency_ms: z.number().nonnegative().describe("Mean time from dispatch to last byte, ms"),
  avg_prompt_tokens: z.number().nonnegative().describe("Mean prompt, tokens"),
  avg_completion_tokens: z.number().nonnegative().describe("Mean output, tokens"),
});

const findingView = z.object({
  id: z.string().describe("Which kind of finding"),
  text: z.string().describe("What is odd, one sentence"),
  fix: z.string().describe("What to do about it"),
});

export const nodeView = z.object({
  node_id: z.string().describe("Name of the node"),
  status: z.enum(["online", "degraded", "offline"]).describe("By its signs of life; degraded still serves"),
  is_draining: z.boolean().describe("It finishes its work and takes no more"),
  is_cordoned: z.literal(true).optional().describe("An operator has drained it; absent otherwise"),
  is_legacy: z.boolean().describe("An agent of the predecessor: unauthenticated, bound to its address"),
  simulated: z.literal(true).optional().describe("A machine of the demo; absent on real ones"),
  reached_by: z.enum(["loopback", "gateway", "direct"]).describe("How the router reaches its backends"),
  address: z.string().describe("Where its heartbeats come from"),
  last_heartbeat_ago_s: z.number().nullable().describe("null: not since the router started"),
  agent_version: z.string().describe("Version of its agent; empty when not told"),
  ollama_url: z.string().describe("Base URL under which the router reaches its Ollama"),
  hardware: z.object({
    memory_total_gb: z.number().describe("Installed memory, GiB"),
    cores_physical: z.int().describe("Physical cores"),
    chip: z.string().describe("CPU or system-on-chip name; empty when not told"),
    memory_bandwidth_gbps: z.number().describe("GB/s; 0 unknown"),
    arch: z.string().describe("CPU architecture; empty when not told"),
  }),
  cpu: cpuReading.optional(),
  memory: memoryReading.optional(),
  disk: diskReading.nullish(),
  gpus: z.array(gpuReading).optional().describe("Graphics processors"),
  thermal: thermalReading.nullish(),
  power: powerReading.nullish(),
  capacity: capacityReading.nullish(),
  ollama: ollamaReading.optional(),
  backends: z
    .array(
      backendReading.extend({
        models_loaded: z.array(z.string()).optional().describe("Those of its models that are in memory"),
        state: z.enum(["reachable", "unreachable", "unknown"]).describe("Whether it answered lately"),
        breaker: z.string().describe("closed, open or half-open: whether requests are sent there"),
      }),
    )
    .describe("Inference servers on the node"),
  findings: z.array(findingView).describe("What is odd about this node"),
});

/** `GET /fleet/status`. */
export const fleetStatus = z.object({
  fleet: z.object({
    nodes_total: z.int().nonnegative().describe("Nodes that are known"),
    nodes_online: z.int().nonnegative().describe("Nodes whose status is online"),
    models_loaded: z.int().nonnegative().describe("Models in memory, over all nodes that are not offline"),
    requests_active: z.int().nonnegative().describe("Requests holding a slot anywhere"),
    requests_waiting: z.int().nonnegative().describe("Waiting for a slot"),
    requests_held: z.int().nonnegative().describe("Waiting for any candidate to appear"),
    findings: z.array(findingView).optional().describe("What is odd about the router itself; absent: not told"),
  }),
  nodes: z.array(nodeView).describe("Every node that is known"),
  queues: z
    .record(z.string(), queueView)
    .describe("Key: <node_id>:<model>, with @<backend> behind it where that is not the node's Ollama"),
  timestamp: z.number().describe("Unix epoch seconds"),
});

/** `GET /fleet/queue`. */
export const fleetQueue = z.object({
  queue_depth: z.int().nonnegative().describe("pending + held + in_flight"),
  pending: z.int().nonnegative().describe("Requests waiting for a slot"),
  held: z.int().nonnegative().describe("Requests waiting for any candidate to appear"),
  in_flight: z.int().nonnegative().describe("Requests holding a slot"),
  completed: z.int().nonnegative().describe("Since the router started"),
  failed: z.int().nonnegative().describe("Since the router started"),
  estimated_wait_ms: z.number().nullable().describe("null when nothing waits or nothing is known"),
  nodes_online: z.int().nonnegative().describe("Nodes whose status is online"),
  queues: z
    .record(z.string(), queueView)
    .describe("Key: <node_id>:<model>, with @<backend> behind it where that is not the node's Ollama"),
  timestamp: z.number().describe("Unix epoch seconds"),
});

export type QueueView = z.infer<typeof queueView>;
export type FleetNodeView = z.infer<typeof nodeView>;
export type FleetStatus = z.infer<typeof fleetStatus>;
export type FleetQueue = z.infer<typeof fleetQueue>;

const queueExample = {
  pending: 0,
  in_flight: 1,
  concurrency: 1,
  model: "gemma3:4b",
  node_id: "mac-mini",
  backend: "ollama",
  completed: 3,
  failed: 0,
  rejected: 0,
  max_queue_depth: 512,
  limit_source: "assumed",
  request_type: "text",
  cache_hit_rate: null,
  warm_hit_rate: null,
  cold_request_pct: null,
  cache_sample_count: null,
  stats_samples: 3,
  avg_latency_ms: 812.5,
  avg_prompt_tokens: 20,
  avg_completion_tokens: 64,
};

export const fleetStatusExamples: ContractExamples = {
  accepted: {
    fleet: {
      nodes_total: 1,
      nodes_online: 1,
      models_loaded: 1,
      requests_active: 1,
      requests_waiting: 0,
      requests_held: 0,
    },
    nodes: [
      {
        node_id: "mac-mini",
        status: "online",
        is_draining: false,
        is_legacy: false,
        reached_by: "gateway",
        address: "192.168.1.20",
        last_heartbeat_ago_s: 1.2,
        agent_version: "0.1.0",
        ollama_url: "http://192.168.1.20:11433/ollama",
        hardware: {
          memory_total_gb: 32,
          cores_physical: 8,
          chip: "Apple M2",
          memory_bandwidth_gbps: 100,
          arch: "arm64",
        },
        backends: [
          {
            kind: "ollama",
            path: "/ollama",
            version: "0.24.0",
            models: ["gemma3:4b"],
            is_reachable: true,
            state: "reachable",
            breaker: "closed",
          },
        ],
        findings: [],
      },
    ],
    queues: { "mac-mini:gemma3:4b": queueExample },
    timestamp: 1_790_000_000.5,
  },
  rejected: { fleet: {}, nodes: {}, queues: [] },
};

export const fleetQueueExamples: ContractExamples = {
  accepted: {
    queue_depth: 1,
    pending: 0,
    held: 0,
    in_flight: 1,
    completed: 3,
    failed: 0,
    estimated_wait_ms: null,
    nodes_online: 1,
    queues: { "mac-mini:gemma3:4b": queueExample },
    timestamp: 1_790_000_000.5,
  },
  rejected: { queue_depth: -1 },
};
