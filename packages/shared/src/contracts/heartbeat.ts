import { z } from "zod";
import { backendReading, gatewayReading, ollamaReading } from "./backend-readings.ts";
import type { ContractExamples } from "./example.ts";
import {
  capacityReading,
  cpuReading,
  diskReading,
  gpuReading,
  memoryReading,
  powerReading,
  systemReading,
  thermalReading,
} from "./node-readings.ts";

/** Fields without which a heartbeat is refused. */
export const heartbeatEssentials = z.object({
  node_id: z
    .string()
    .trim()
    .min(1)
    .max(128)
    .regex(/^[\x21-\x7e]+$/)
    .describe("Name of the node, unique in the fleet, no blanks"),
  cpu: cpuReading,
  memory: memoryReading,
  ollama: ollamaReading,
});

/** Fields that are dropped one by one when they cannot be read; the heartbeat still counts. */
export const heartbeatExtras = z.object({
  arch: z.string().optional().describe("CPU architecture; the predecessor always says apple_silicon"),
  timestamp: z.number().optional().describe("The node's clock, Unix epoch seconds"),
  thermal: thermalReading.nullish(),
  disk: diskReading.nullish().describe("Root volume"),
  models_disk: diskReading.nullish().describe("Volume on which the models lie"),
  ollama_host: z.string().optional().describe("URL of the backend on the node; a claim, only its port is used"),
  lan_ip: z.string().optional().describe("IPv4 of the default route; a claim, shown only"),
  simulated: z.boolean().optional().describe("true: a machine of the demo, not a real one"),
  draining: z.boolean().optional().describe("true: take no new work from now on"),
  capacity: capacityReading.nullish(),
  agent_version: z.string().optional().describe("Version of the agent"),
  connection_failures: z.int().nonnegative().optional().describe("Failed heartbeats since the last one that arrived"),
  connection_failures_total: z.int().nonnegative().optional().describe("Failed heartbeats since the agent started"),
  chip: z.string().optional().describe("CPU or system-on-chip name"),
  memory_bandwidth_gbps: z.number().nonnegative().optional().describe("GB/s; 0 unknown"),
  gpus: z.array(gpuReading).optional().describe("Graphics processors"),
  power: powerReading.nullish(),
  system: systemReading.nullish(),
  gateway: gatewayReading.nullish().describe("Absent on agents of the predecessor"),
  backends: z.array(backendReading).optional().describe("Inference servers behind the gateway"),
  image: z.unknown().optional().describe("Image service of the predecessor's agents, passed on"),
  image_port: z.int().nonnegative().optional().describe("TCP port of that service; 0 none"),
  transcription: z.unknown().optional().describe("Speech service of the predecessor's agents, passed on"),
  transcription_port: z.int().nonnegative().optional().describe("TCP port of that service; 0 none"),
  vision_embedding: z.unknown().optional().describe("Vision embedding of the predecessor's agents, passed on"),
  vision_embedding_port: z.int().nonnegative().optional().describe("TCP port of that service; 0 none"),
  vision_embedding_status: z.unknown().optional().describe("State of that service, passed on"),
  text_embedding: z.unknown().optional().describe("Text embedding service of the predecessor's agents, passed on"),
  text_embedding_status: z.unknown().optional().describe("State of their text embedding service, passed on"),
  process_memory: z
    .unknown()
    .optional()
    .describe("Memory of the agent's own process, as the predecessor's agents tell it"),
  mlx_servers: z.array(z.unknown()).nullish().describe("MLX servers of the predecessor's agents, passed on"),
  mlx_bind_host: z.string().optional().describe("Address on which those servers listen"),
});

/** A drain notice needs nothing but the node's name. */
export const drainNotice = z.object({
  node_id: heartbeatEssentials.shape.node_id,
  draining: z.literal(true).describe("The node takes no new work from now on"),
});

/** The whole message that an agent posts every few seconds. A superset of the predecessor's. */
export const heartbeat = heartbeatEssentials.extend(heartbeatExtras.shape);

export type Heartbeat = z.infer<typeof heartbeat>;
export type DrainNotice = z.infer<typeof drainNotice>;

export const heartbeatExamples: ContractExamples = {
  accepted: {
    node_id: "mac-mini",
    cpu: { cores_physical: 8, utilization_pct: 12.5 },
    memory: { total_gb: 32, used_gb: 10, available_gb: 20.5, pressure: "normal" },
    ollama: {
      models_loaded: [{ name: "gemma3:4b", size_gb: 4.2, context_length: 4096 }],
      models_available: ["gemma3:4b"],
      num_parallel: 1,
    },
    gateway: { port: 11433 },
    backends: [{ kind: "ollama", path: "/ollama", version: "0.24.0", models: ["gemma3:4b"] }],
    agent_version: "0.1.0",
  },
  rejected: { node_id: "mac-mini", cpu: { cores_physical: 8 }, memory: {}, ollama: {} },
};
