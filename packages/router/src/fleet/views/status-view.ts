import type { BackendReading, FleetNodeView, FleetStatus, Heartbeat, NodeId } from "@herd/shared";
import type { Lane } from "../../admission/lane.ts";
import type { BreakerState } from "../../domain/candidate.ts";
import type { BackendSnapshot, FleetSnapshot, NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { backendIdOf } from "../backends/backend-id.ts";
import { serversOf } from "../backends/servers-of.ts";
import type { NodeRecord } from "../node-record.ts";
import { queueViewsOf } from "./queue-views.ts";

/** What `/fleet/status` is made of. */
export interface StatusSources {
  readonly fleet: FleetSnapshot;
  readonly recordOf: (node: NodeSnapshot) => NodeRecord | undefined;
  readonly breakerOf: (node: NodeSnapshot, backend: BackendSnapshot) => BreakerState;
  /** Whether a node is a machine of the demo; absent: none is. */
  readonly isSimulated?: (node: NodeId) => boolean;
  readonly lanes: readonly Lane[];
  readonly queueLimit: number;
  readonly inFlight: number;
  readonly waiting: number;
  readonly held: number;
  /** What is odd about the router itself. */
  readonly findings: NonNullable<FleetStatus["fleet"]["findings"]>;
  /** Unix epoch ms. */
  readonly now: number;
}

/** The whole of `/fleet/status`. */
export function fleetStatusOf(sources: StatusSources): FleetStatus {
  const { fleet, lanes, now } = sources;
  return {
    fleet: {
      nodes_total: fleet.nodes.length,
      nodes_online: fleet.nodes.filter((node) => node.status === "online").length,
      models_loaded: fleet.nodes.reduce((sum, node) => sum + loadedOn(node), 0),
      requests_active: sources.inFlight,
      requests_waiting: sources.waiting,
      requests_held: sources.held,
      findings: sources.findings,
    },
    nodes: fleet.nodes.map((node) => nodeViewOf(node, sources)),
    queues: queueViewsOf(lanes, sources),
    timestamp: now / 1000,
  };
}

function nodeViewOf(node: NodeSnapshot, { recordOf, breakerOf, now }: StatusSources): FleetNodeView {
  const route = node.backends[0]?.route;
  const heartbeat = recordOf(node)?.heartbeat;
  return {
    node_id: node.nodeId,
    status: node.status,
    is_draining: node.isDraining,
    ...cordonOf(recordOf(node)),
    is_legacy: node.isLegacy,
    ...(node.isSimulated ? { simulated: true as const } : {}),
    reached_by: route?.kind ?? "direct",
    address: node.address,
    last_heartbeat_ago_s:
      node.lastHeartbeatAt === undefined ? null : Math.round((now - node.lastHeartbeatAt) / 100) / 10,
    agent_version: node.agentVersion,
    ollama_url: route === undefined ? "" : route.origin + route.prefix,
    hardware: {
      memory_total_gb: node.memory.total_gb,
      cores_physical: node.cpu.cores_physical,
      chip: node.chip,
      memory_bandwidth_gbps: node.memoryBandwidth ?? 0,
      arch: node.arch,
    },
    cpu: node.cpu,
    memory: node.memory,
    disk: node.disk ?? null,
    gpus: [...node.gpus],
    thermal: node.thermal ?? null,
    power: node.power ?? null,
    capacity: node.capacity ?? null,
    ...(heartbeat === undefined ? {} : { ollama: heartbeat.ollama }),
    backends: node.backends.map((backend) => ({
      ...(heartbeat === undefined ? {} : toldOf(heartbeat, backend)),
      ...backendViewOf(backend, breakerOf(node, backend)),
    })),
    findings: node.findings.map((finding) => ({ ...finding })),
  };
}

const cordonOf = (record: NodeRecord | undefined): { is_cordoned?: true } =>
  record?.isCordoned === true ? { is_cordoned: true } : {};

type BackendView = FleetNodeView["backends"][number];

/** What the agent tells of a server beyond what the router makes of it. Its own names of models may be paths, and stay here. */
function toldOf(heartbeat: Heartbeat, { id }: BackendSnapshot): Partial<BackendReading> {
  const told = serversOf(heartbeat).find((server) => backendIdOf(server) === id);
  const { served: _, ...rest } = told ?? {};
  return rest;
}

function backendViewOf(backend: BackendSnapshot, breaker: BreakerState): BackendView {
  const models = [...backend.models.values()];
  return {
    kind: backend.kind,
    path: pathOf(backend),
    version: backend.version,
    models: models.map((model) => model.name),
    models_loaded: models.flatMap((model) => (model.loaded === undefined ? [] : [model.name])),
    is_reachable: backend.reachability !== "unreachable",
    state: backend.reachability,
    breaker,
  };
}

/** Another server's id is its path; Ollama may be reached under any. */
const pathOf = ({ id, kind, route }: BackendSnapshot): string =>
  kind === "ollama" && route.prefix !== "" ? route.prefix : `/${id}`;

function loadedOn(node: NodeSnapshot): number {
  if (node.status === "offline") return 0;
  return node.backends.reduce(
    (sum, backend) => sum + [...backend.models.values()].filter((model) => model.loaded !== undefined).length,
    0,
  );
}
