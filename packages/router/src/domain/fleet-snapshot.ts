import type {
  CapacityReading,
  CpuReading,
  DiskReading,
  GpuReading,
  MemoryReading,
  ModelKey,
  NodeId,
  PowerReading,
  ThermalReading,
} from "@herd/shared";
import type { Capability } from "./request.ts";

/** By the age of the last heartbeat: `degraded` still serves, `offline` does not. */
export type NodeStatus = "online" | "degraded" | "offline";

/** Whether a backend answered lately; `unknown` until something was heard. */
export type Reachability = "reachable" | "unreachable" | "unknown";

/** What a load was asked for; a request that asks for anything else makes Ollama load the model again. */
export interface LoadTerms {
  /** `options.num_ctx`; undefined when the request carried none. */
  readonly numCtx: number | undefined;
  /** Other load-time options, as in `BodyFacts.loadOptions`. */
  readonly options: string;
}

/** A model in a backend's memory. */
export interface LoadedState {
  /** Weights and cache in memory, bytes. */
  readonly sizeBytes: number;
  /** Part of it in GPU memory, bytes; undefined when not told. */
  readonly vramBytes: number | undefined;
  /** Context it was loaded with, tokens; 0 unknown. */
  readonly contextLength: number;
  /** What it was loaded with, when the router saw the load. */
  readonly loadedWith?: LoadTerms | undefined;
}

/** One model on one backend. */
export interface ModelSnapshot {
  readonly key: ModelKey;
  /** Name by which clients may ask for it. */
  readonly name: string;
  /** What the backend itself calls it, where that is another name. */
  readonly backendName?: string | undefined;
  readonly digest: string | undefined;
  /** Bytes on disk; undefined when not told. */
  readonly sizeBytes: number | undefined;
  readonly loaded: LoadedState | undefined;
  /** When it left memory, Unix epoch ms; undefined when it never did or is loaded. */
  readonly unloadedAt: number | undefined;
  /** undefined = not known. */
  readonly capabilities: readonly Capability[] | undefined;
  /** Context it was trained for, tokens; undefined when not known. */
  readonly contextMax: number | undefined;
  /** Facts for lists, as `/api/tags` has them. */
  readonly facts: {
    readonly modifiedAt: string | undefined;
    readonly format: string | undefined;
    readonly family: string | undefined;
    readonly families: readonly string[] | undefined;
    readonly parameterSize: string | undefined;
    readonly quantization: string | undefined;
    readonly parentModel: string | undefined;
    readonly expiresAt: string | undefined;
  };
}

/** How the router reaches a backend. */
export interface BackendRoute {
  readonly kind: "loopback" | "gateway" | "direct";
  /** Scheme, host and port, for example `http://192.168.1.20:11433`. */
  readonly origin: string;
  /** Put before every path; empty unless behind a gateway. */
  readonly prefix: string;
}

/** One inference server on a node. */
export interface BackendSnapshot {
  /** Unique on the node: `ollama`, or for example `openai-8080`. */
  readonly id: string;
  readonly kind: "ollama" | "openai-compatible";
  /** Name of its program, for example `llama-server`; absent for Ollama, and where it is not known. */
  readonly software?: string | undefined;
  readonly route: BackendRoute;
  readonly reachability: Reachability;
  /** Empty when unknown. */
  readonly version: string;
  /** Requests it computes at once per model, as reported; undefined when not told. */
  readonly reportedParallelism: number | undefined;
  readonly models: ReadonlyMap<ModelKey, ModelSnapshot>;
}

/** One machine. */
export interface NodeSnapshot {
  readonly nodeId: NodeId;
  readonly status: NodeStatus;
  readonly isDraining: boolean;
  readonly isLegacy: boolean;
  /** A machine of the demo: only callers on the router's own machine see and use it, and nothing is learned from it. */
  readonly isSimulated: boolean;
  /** Where its heartbeats come from. */
  readonly address: string;
  /** Unix epoch ms; undefined when none came since the router started. */
  readonly lastHeartbeatAt: number | undefined;
  readonly cpu: CpuReading;
  readonly memory: MemoryReading;
  readonly gpus: readonly GpuReading[];
  readonly disk: DiskReading | undefined;
  readonly thermal: ThermalReading | undefined;
  readonly power: PowerReading | undefined;
  readonly capacity: CapacityReading | undefined;
  readonly chip: string;
  readonly arch: string;
  /** GB/s; undefined when unknown. */
  readonly memoryBandwidth: number | undefined;
  readonly agentVersion: string;
  /** Its Ollama first, also where it has none that answers. */
  readonly backends: readonly BackendSnapshot[];
  readonly findings: readonly NodeFinding[];
}

/** A model on disk of which nothing is known but its name. */
export const unknownModel = (name: string, key: ModelKey): ModelSnapshot => ({
  key,
  name,
  digest: undefined,
  sizeBytes: undefined,
  loaded: undefined,
  unloadedAt: undefined,
  capabilities: undefined,
  contextMax: undefined,
  facts: NO_MODEL_FACTS,
});

/** What a model is told to be when nobody tells. */
export const NO_MODEL_FACTS: ModelSnapshot["facts"] = {
  modifiedAt: undefined,
  format: undefined,
  family: undefined,
  families: undefined,
  parameterSize: undefined,
  quantization: undefined,
  parentModel: undefined,
  expiresAt: undefined,
};

/** Something odd about a node, with its fix. */
export interface NodeFinding {
  readonly id: string;
  readonly text: string;
  readonly fix: string;
}

/** One node, backend and model. The static half of a candidate. */
export interface Holder {
  readonly node: NodeSnapshot;
  readonly backend: BackendSnapshot;
  readonly model: ModelSnapshot;
  /** The lane: `<node_id>:<model name>`, with `@<backend id>` behind it where that is not the Ollama. */
  readonly laneKey: string;
}

/** Numbers about the whole fleet that signals compare with. */
export interface FleetAggregates {
  /** Median memory bandwidth of the nodes that are not offline and tell it, GB/s; undefined when none does. */
  readonly medianBandwidth: number | undefined;
  /** Median learned decode speed, tokens/s; undefined when nothing was learned. */
  readonly medianDecodeSpeed: number | undefined;
}

/** The fleet at one moment: rebuilt when something changes, never changed. */
export interface FleetSnapshot {
  /** Grows with every rebuild. */
  readonly version: number;
  readonly nodes: readonly NodeSnapshot[];
  /** Who has a model, whatever the state of the node. */
  readonly holders: ReadonlyMap<ModelKey, readonly Holder[]>;
  readonly aggregates: FleetAggregates;
}
