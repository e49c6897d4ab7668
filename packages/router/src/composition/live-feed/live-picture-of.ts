import type { FleetNodeView, FleetStatus, Heartbeat } from "@herd/shared";
import type { LivePicture } from "../../dashboard-api/live/fleet-change.ts";

/** What live events tell of a machine beyond its view: what its agent reported. */
export type HeartbeatOf = (nodeId: string) => Heartbeat | undefined;

/** The fleet in the predecessor's form of live events, with what is new in ours. */
export function livePictureOf({ nodes, queues, timestamp }: FleetStatus, heartbeatOf: HeartbeatOf): LivePicture {
  return {
    nodes: new Map(
      nodes.map((node) => [
        node.node_id,
        JSON.stringify(liveNodeOf(node, { heartbeat: heartbeatOf(node.node_id), timestamp })),
      ]),
    ),
    queues: new Map(Object.entries(queues).map(([key, queue]) => [key, JSON.stringify(queue)])),
    timestamp,
  };
}

interface Beside {
  readonly heartbeat: Heartbeat | undefined;
  /** Unix epoch seconds. */
  readonly timestamp: number;
}

/** Ages would change with every look: instants are told instead. */
function liveNodeOf(node: FleetNodeView, { heartbeat, timestamp }: Beside) {
  const { node_id, status, hardware, cpu, memory, thermal, capacity, disk, gpus, power, findings } = node;
  const ago = node.last_heartbeat_ago_s;
  return {
    node_id,
    status,
    hardware,
    cpu,
    ...(memory === undefined ? {} : { memory: roundedMemory(memory) }),
    thermal: thermal ?? undefined,
    capacity: capacity ?? undefined,
    disk: disk ?? undefined,
    gpus,
    power: power ?? undefined,
    findings,
    is_draining: node.is_draining,
    ...(node.is_cordoned === true ? { is_cordoned: true } : {}),
    ...(node.simulated === true ? { simulated: true } : {}),
    last_heartbeat_at: ago === null ? null : Math.round(timestamp - ago),
    ollama: ollamaOf(node, heartbeat),
    backends: node.backends,
    mlx_servers: heartbeat?.mlx_servers ?? undefined,
    mlx_bind_host: heartbeat?.mlx_bind_host,
    image_models: namesIn(heartbeat?.image),
    stt_models: namesIn(heartbeat?.transcription),
    vision_embed_models: namesIn(heartbeat?.vision_embedding),
    embed_models: namesOnDisk(node).filter((name) => name.includes("embed")),
  };
}

const oneDecimal = (value: number): number => Math.round(value * 10) / 10;

const roundedMemory = (memory: NonNullable<FleetNodeView["memory"]>) => ({
  total_gb: oneDecimal(memory.total_gb),
  used_gb: oneDecimal(memory.used_gb),
  available_gb: oneDecimal(memory.available_gb),
  pressure: memory.pressure,
});

function ollamaOf(node: FleetNodeView, heartbeat: Heartbeat | undefined) {
  const names = namesOnDisk(node);
  return {
    models_loaded: (heartbeat?.ollama.models_loaded ?? []).map(
      ({ name, size_gb, parameter_size, quantization, context_length }) => ({
        ...{ name, size_gb, parameter_size, quantization, context_length },
      }),
    ),
    models_available_count: names.filter((name) => !name.startsWith("mlx:")).length,
    mlx_models: names.filter((name) => name.startsWith("mlx:")),
    requests_active: heartbeat?.ollama.requests_active ?? 0,
  };
}

const namesOnDisk = ({ backends }: FleetNodeView): readonly string[] => [
  ...new Set(backends.flatMap(({ models }) => models)),
];

/** The names in a report of the predecessor's services, which is passed on as it came. */
export function namesIn(report: unknown): readonly string[] {
  if (typeof report !== "object" || report === null || !("models_available" in report)) return [];
  const { models_available: models } = report;
  return Array.isArray(models) ? models.flatMap((model: unknown) => nameIn(model)) : [];
}

const nameIn = (model: unknown): readonly string[] =>
  typeof model === "object" && model !== null && "name" in model && typeof model.name === "string" ? [model.name] : [];
