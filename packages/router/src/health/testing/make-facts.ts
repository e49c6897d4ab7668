import { type Heartbeat, heartbeat, nodeId } from "@herd/shared";
import type { BackendSnapshot, FleetSnapshot, Holder, NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import type { NodeFacts } from "../facts/node-facts.ts";
import type { RouterFacts } from "../facts/router-facts.ts";
import type { TrafficFacts } from "../facts/traffic-facts.ts";
import type { HealthFacts } from "../facts.ts";

/** The moment of every fixture, Unix epoch ms. */
export const NOW = 1_800_000_000_000;

/** One machine of a fixture: what differs from a healthy one. */
export interface MadeNode {
  readonly id?: string;
  readonly snapshot?: Partial<NodeSnapshot>;
  readonly heartbeat?: Partial<Heartbeat>;
  readonly facts?: Partial<NodeFacts>;
}

/** What a fixture is made of: a healthy machine where nothing is said. */
export interface MadeFacts {
  readonly nodes?: readonly MadeNode[];
  readonly router?: Partial<RouterFacts>;
  readonly traffic?: Partial<TrafficFacts>;
}

/** Facts of a healthy fleet, but for what is given. */
export function makeFacts({ nodes = [{}], router = {}, traffic = {} }: MadeFacts = {}): HealthFacts {
  const made = nodes.map(makeNode);
  return {
    now: NOW,
    fleet: fleetOf(made.map(({ snapshot }) => snapshot)),
    nodes: new Map(made.map(({ snapshot, facts }) => [snapshot.nodeId, facts])),
    router: { version: "1.2.3", startedAt: NOW - 3_600_000, platform: "linux", offlineAfterS: 30, ...router },
    traffic: { requests24h: 0, ...traffic } as TrafficFacts,
  };
}

function makeNode({ id = "node-1", snapshot = {}, heartbeat: told = {}, facts = {} }: MadeNode) {
  const beat = beatOf(id, told);
  const node: NodeSnapshot = {
    nodeId: nodeId(id),
    status: "online",
    isDraining: false,
    isLegacy: false,
    isSimulated: false,
    address: "192.168.1.20",
    lastHeartbeatAt: NOW - 2_000,
    cpu: beat.cpu,
    memory: beat.memory,
    gpus: beat.gpus ?? [],
    disk: beat.disk ?? undefined,
    thermal: beat.thermal ?? undefined,
    power: beat.power ?? undefined,
    capacity: beat.capacity ?? undefined,
    chip: "",
    arch: "x64",
    memoryBandwidth: beat.memory_bandwidth_gbps === 0 ? undefined : beat.memory_bandwidth_gbps,
    agentVersion: beat.agent_version ?? "",
    backends: [ollamaOf(beat)],
    findings: [],
    ...snapshot,
  };
  return { snapshot: node, facts: { heartbeat: beat, lastSeenAt: node.lastHeartbeatAt, ...facts } };
}

function beatOf(id: string, told: Partial<Heartbeat>): Heartbeat {
  return heartbeat.parse({
    node_id: id,
    cpu: { cores_physical: 8, utilization_pct: 10 },
    memory: { total_gb: 32, used_gb: 24, available_gb: 8 },
    ollama: {
      models_loaded: [{ name: "m:latest", size_gb: 4 }],
      models_available: ["m:latest"],
      version: "0.24.0",
    },
    agent_version: "1.2.3",
    memory_bandwidth_gbps: 100,
    ...told,
  });
}

const ollamaOf = ({ ollama }: Heartbeat): BackendSnapshot => ({
  id: "ollama",
  kind: "ollama",
  route: { kind: "gateway", origin: "http://192.168.1.20:11433", prefix: "/ollama" },
  reachability: ollama.reachable === false ? "unreachable" : "reachable",
  version: ollama.version ?? "",
  reportedParallelism: undefined,
  models: new Map(),
});

function fleetOf(nodes: readonly NodeSnapshot[]): FleetSnapshot {
  const holders = new Map<never, readonly Holder[]>();
  return { version: 1, nodes, holders, aggregates: { medianBandwidth: 100, medianDecodeSpeed: undefined } };
}
