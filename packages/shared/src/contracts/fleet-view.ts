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
  model: z.string(),
  node_id: z.string(),
  backend: z.string(),
  completed: z.int().nonnegative().describe("Since the router started"),
  failed: z.int().nonnegative().describe("Since the router started"),
  rejected: z.int().nonnegative().describe("Turned away because the lane was full"),
  max_queue_depth: z.int().positive().nullable(),
  limit_source: z.enum(["reported", "assumed", "learned"]).describe("Where the limit comes from"),
  request_type: z.enum(["text", "image", "stt", "embed"]),
  cache_hit_rate: z.number().nullable(),
  warm_hit_rate: z.number().nullable(),
  cold_request_pct: z.number().nullable(),
  cache_sample_count: z.number().nullable(),
  stats_samples: z.int().nonnegative(),
  avg_latency_ms: z.number().nonnegative(),
  avg_prompt_tokens: z.number().nonnegative(),
  avg_completion_tokens: z.number().nonnegative(),
});

export const nodeView = z.object({
  node_id: z.string(),
  status: z.enum(["online", "degraded", "offline"]),
  is_draining: z.boolean(),
  is_legacy: z.boolean().describe("An agent of the predecessor: unauthenticated, bound to its address"),
  reached_by: z.enum(["loopback", "gateway", "direct"]).describe("How the router reaches its backends"),
  address: z.string().describe("Where its heartbeats come from"),
  last_heartbeat_ago_s: z.number().nullable().describe("null: not since the router started"),
  agent_version: z.string(),
  ollama_url: z.string().describe("Base URL under which the router reaches it"),
  hardware: z.object({
    memory_total_gb: z.number(),
    cores_physical: z.int(),
    chip: z.string(),
    memory_bandwidth_gbps: z.number(),
    arch: z.string(),
  }),
  cpu: cpuReading.optional(),
  memory: memoryReading.optional(),
  disk: diskReading.nullish(),
  gpus: z.array(gpuReading).optional(),
  thermal: thermalReading.nullish(),
  power: powerReading.nullish(),
  capacity: capacityReading.nullish(),
  ollama: ollamaReading.optional(),
  backends: z.array(
    backendReading.extend({ state: z.enum(["reachable", "unreachable", "unknown"]), breaker: z.string() }),
  ),
  findings: z
    .array(z.object({ id: z.string(), text: z.string(), fix: z.string() }))
    .describe("What is odd about this node"),
});

/** `GET /fleet/status`. */
export const fleetStatus = z.object({
  fleet: z.object({
    nodes_total: z.int().nonnegative(),
    nodes_online: z.int().nonnegative(),
    models_loaded: z.int().nonnegative(),
    requests_active: z.int().nonnegative().describe("Requests holding a slot anywhere"),
    requests_waiting: z.int().nonnegative(),
    requests_held: z.int().nonnegative().describe("Waiting for any candidate to appear"),
  }),
  nodes: z.array(nodeView),
  queues: z.record(z.string(), queueView).describe("Key: <node_id>:<model>"),
  timestamp: z.number().describe("Unix epoch seconds"),
});

/** `GET /fleet/queue`. */
export const fleetQueue = z.object({
  queue_depth: z.int().nonnegative().describe("pending + in_flight"),
  pending: z.int().nonnegative(),
  held: z.int().nonnegative(),
  in_flight: z.int().nonnegative(),
  completed: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  estimated_wait_ms: z.number().nullable().describe("null when nothing waits or nothing is known"),
  nodes_online: z.int().nonnegative(),
  queues: z.record(z.string(), queueView),
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
