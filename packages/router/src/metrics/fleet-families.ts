import { fromGib } from "@herd/shared";
import type { BreakerState } from "../domain/candidate.ts";
import type { BackendSnapshot, FleetSnapshot, NodeSnapshot, NodeStatus } from "../domain/fleet-snapshot.ts";
import type { Family, Labels, NumberFamily, NumberPoint } from "./family.ts";
import { cleanLabel } from "./label-book.ts";

/** What is told of the nodes. */
export interface FleetReadings {
  readonly fleet: FleetSnapshot;
  /** Unix epoch ms. */
  readonly now: number;
  readonly breakerOf: (node: NodeSnapshot, backend: BackendSnapshot) => BreakerState;
  /** So many nodes are told one by one; all are counted. */
  readonly mostNodes: number;
}

const statuses: readonly NodeStatus[] = ["online", "degraded", "offline"];
const breakerStates: readonly BreakerState[] = ["closed", "half-open", "open"];

/** The newest readings of every node and backend. */
export function fleetFamilies(readings: FleetReadings): readonly Family[] {
  const nodes = readings.fleet.nodes.slice(0, readings.mostNodes);
  return [
    ...stateFamilies(readings, nodes),
    ...machineFamilies(nodes),
    ...gpuFamilies(nodes),
    ...capacityFamilies(nodes),
    ...backendFamilies(readings, nodes),
  ];
}

function stateFamilies({ fleet, now }: FleetReadings, nodes: readonly NodeSnapshot[]): readonly Family[] {
  const ofNode = familyOf(nodes);
  return [
    gauge("herd.nodes", "{thing}", "Nodes by status.").with(
      statuses.map((status) => ({
        labels: { status },
        value: fleet.nodes.filter((node) => node.status === status).length,
      })),
    ),
    gauge("herd.node.info", "{thing}", "What a node is; always 1.").with(
      nodes.map((node) => ({ labels: identityOf(node), value: 1 })),
    ),
    gauge("herd.node.status", "{thing}", "1 for the status that a node has.").with(
      nodes.flatMap((node) => oneOf(statuses, node.status, { node: node.nodeId }, "status")),
    ),
    ofNode("herd.node.draining", "{thing}", "1 while a node takes no new work.", (node) => Number(node.isDraining)),
    ofNode("herd.node.heartbeat.age", "s", "Since the last heartbeat.", ({ lastHeartbeatAt }) =>
      lastHeartbeatAt === undefined ? undefined : Math.max(0, now - lastHeartbeatAt) / 1000,
    ),
    ofNode("herd.node.models.loaded", "{thing}", "Models in memory.", (node) => countModels(node, true)),
    ofNode("herd.node.models.available", "{thing}", "Models on disk.", (node) => countModels(node, false)),
  ];
}

const identityOf = ({ nodeId, chip, arch, agentVersion, isLegacy, isSimulated }: NodeSnapshot): Labels => ({
  node: nodeId,
  chip: cleanLabel(chip),
  arch: cleanLabel(arch),
  agent_version: cleanLabel(agentVersion),
  legacy: String(isLegacy),
  simulated: String(isSimulated),
});

const countModels = ({ backends }: NodeSnapshot, isLoaded: boolean): number =>
  backends.reduce(
    (sum, { models }) =>
      sum + (isLoaded ? [...models.values()].filter(({ loaded }) => loaded !== undefined).length : models.size),
    0,
  );

function machineFamilies(nodes: readonly NodeSnapshot[]): readonly Family[] {
  const ofNode = familyOf(nodes);
  return [
    ofNode("herd.node.cpu.utilization", "1", "Busy share of all cores.", ({ cpu }) => cpu.utilization_pct / 100),
    ofNode("herd.node.memory.total", "By", "Installed memory.", ({ memory }) => fromGib(memory.total_gb)),
    ofNode("herd.node.memory.used", "By", "Memory in use.", ({ memory }) => fromGib(memory.used_gb)),
    ofNode("herd.node.memory.available", "By", "Memory that a program could get without swapping.", ({ memory }) =>
      fromGib(memory.available_gb),
    ),
    ofNode("herd.node.disk.total", "By", "Size of the root volume.", ({ disk }) => disk && fromGib(disk.total_gb)),
    ofNode(
      "herd.node.disk.available",
      "By",
      "Free on the root volume.",
      ({ disk }) => disk && fromGib(disk.available_gb),
    ),
    ofNode("herd.node.temperature", "Cel", "Hottest sensor of the CPU.", ({ thermal }) => thermal?.temperature_c),
    ofNode("herd.node.battery.charge", "1", "Charge of the battery.", ({ power }) =>
      power?.battery_pct === undefined ? undefined : power.battery_pct / 100,
    ),
  ];
}

type Gpu = NodeSnapshot["gpus"][number];

function gpuFamilies(nodes: readonly NodeSnapshot[]): readonly Family[] {
  const ofGpu = (name: string, unit: NumberFamily["unit"], help: string) => (read: (gpu: Gpu) => number | undefined) =>
    gauge(name, unit, help).with(
      nodes.flatMap(({ nodeId, gpus }) =>
        gpus.flatMap((gpu, at) => pointOf({ node: nodeId, gpu: String(at), name: cleanLabel(gpu.name) }, read(gpu))),
      ),
    );
  return [
    ofGpu("herd.node.gpu.memory.total", "By", "Memory of a graphics processor.")((gpu) => fromGib(gpu.vram_total_gb)),
    ofGpu("herd.node.gpu.memory.used", "By", "Of it in use.")((gpu) => gpu.vram_used_gb && fromGib(gpu.vram_used_gb)),
    ofGpu(
      "herd.node.gpu.utilization",
      "1",
      "Busy share of a graphics processor.",
    )((gpu) => (gpu.utilization_pct === undefined ? undefined : gpu.utilization_pct / 100)),
    ofGpu("herd.node.gpu.temperature", "Cel", "Temperature of a graphics processor.")((gpu) => gpu.temperature_c),
    ofGpu("herd.node.gpu.power", "W", "Power of a graphics processor.")((gpu) => gpu.power_w),
  ];
}

function capacityFamilies(nodes: readonly NodeSnapshot[]): readonly Family[] {
  const ofNode = familyOf(nodes);
  return [
    ofNode(
      "herd.node.capacity.ceiling",
      "By",
      "Memory that the fleet may use, as learned.",
      ({ capacity }) => capacity && fromGib(capacity.ceiling_gb),
    ),
    ofNode(
      "herd.node.capacity.availability",
      "1",
      "Learned availability of this hour.",
      ({ capacity }) => capacity?.availability_score,
    ),
    ofNode(
      "herd.node.capacity.paused",
      "{thing}",
      "1 while its owner needs the machine.",
      ({ capacity }) => capacity && Number(capacity.mode === "paused"),
    ),
  ];
}

function backendFamilies({ breakerOf }: FleetReadings, nodes: readonly NodeSnapshot[]): readonly Family[] {
  const backends = nodes.flatMap((node) =>
    node.backends.map((backend) => ({ node, backend, labels: { node: node.nodeId, backend: cleanLabel(backend.id) } })),
  );
  return [
    gauge("herd.backend.up", "{thing}", "1 where a backend answers, 0 where it does not.").with(
      backends.flatMap(({ backend, labels }) =>
        backend.reachability === "unknown" ? [] : pointOf(labels, Number(backend.reachability === "reachable")),
      ),
    ),
    gauge("herd.backend.breaker", "{thing}", "1 for the state that a backend's breaker has.").with(
      backends.flatMap(({ node, backend, labels }) => oneOf(breakerStates, breakerOf(node, backend), labels, "state")),
    ),
  ];
}

/** Makes families with one number per node that tells it. */
const familyOf =
  (nodes: readonly NodeSnapshot[]) =>
  (...told: [...Parameters<typeof gauge>, read: (node: NodeSnapshot) => number | null | undefined]): Family => {
    const [name, unit, help, read] = told;
    return gauge(name, unit, help).with(nodes.flatMap((node) => pointOf({ node: node.nodeId }, read(node))));
  };

/** One point per possible word: 1 for the true one, 0 for the others. */
function oneOf(words: readonly string[], word: string, ...[labels, name]: [Labels, string]): readonly NumberPoint[] {
  return words.map((one) => ({ labels: { ...labels, [name]: one }, value: Number(one === word) }));
}

const gauge = (name: string, unit: NumberFamily["unit"], help: string) => ({
  with: (points: readonly NumberPoint[]): NumberFamily => ({ kind: "gauge", name, unit, help, points }),
});

const pointOf = (labels: Labels, value: number | null | undefined): readonly NumberPoint[] =>
  value === undefined || value === null ? [] : [{ labels, value }];
