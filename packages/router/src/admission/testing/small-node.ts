import { modelKey, nodeId } from "@herd/shared";
import type { Holder, ModelSnapshot, NodeSnapshot } from "../../domain/fleet-snapshot.ts";

/** A machine with some models. */
export interface SmallNode {
  readonly id: string;
  readonly models: readonly string[];
  /** Models in memory; all of them when left out. */
  loaded?: readonly string[];
  /** What its backend reports; undefined leaves it to the learning. */
  readonly slots?: number | undefined;
  /** Points added to its total. */
  readonly bonus?: number;
  isOnline: boolean;
}

/** A machine that is online, with everything in memory. */
export const smallNode = (id: string, wishes: Partial<SmallNode> = {}): SmallNode => ({
  id,
  models: ["m"],
  isOnline: true,
  ...wishes,
});

/** One model on a machine, as scheduling sees it. */
export function holderOf(node: SmallNode, name: string): Holder {
  const isLoaded = (node.loaded ?? node.models).includes(name);
  const model: ModelSnapshot = {
    ...BARE_MODEL,
    key: modelKey(name),
    name,
    loaded: isLoaded ? { sizeBytes: 1, vramBytes: undefined, contextLength: 4096 } : undefined,
  };
  const backend = {
    id: "ollama",
    kind: "ollama",
    route: { kind: "direct", origin: "http://127.0.0.1:1", prefix: "" },
    reachability: "reachable",
    version: "",
    reportedParallelism: node.slots,
    models: new Map([[model.key, model]]),
  } as const;
  return { node: { ...BARE_NODE, nodeId: nodeId(node.id) }, backend, model, laneKey: `${node.id}:${name}` };
}

const BARE_MODEL: Omit<ModelSnapshot, "key" | "name" | "loaded"> = {
  digest: undefined,
  sizeBytes: undefined,
  unloadedAt: undefined,
  capabilities: undefined,
  contextMax: undefined,
  facts: {
    modifiedAt: undefined,
    format: undefined,
    family: undefined,
    families: undefined,
    parameterSize: undefined,
    quantization: undefined,
    parentModel: undefined,
    expiresAt: undefined,
  },
};

const BARE_NODE: Omit<NodeSnapshot, "nodeId"> = {
  status: "online",
  isDraining: false,
  isLegacy: false,
  isSimulated: false,
  address: "127.0.0.1",
  lastHeartbeatAt: 0,
  cpu: { cores_physical: 1, utilization_pct: 0 },
  memory: { total_gb: 1, used_gb: 0, available_gb: 1, pressure: "normal", wired_gb: 0, compressed_gb: 0 },
  gpus: [],
  disk: undefined,
  thermal: undefined,
  power: undefined,
  capacity: undefined,
  chip: "",
  arch: "",
  memoryBandwidth: undefined,
  agentVersion: "",
  backends: [],
  findings: [],
};
