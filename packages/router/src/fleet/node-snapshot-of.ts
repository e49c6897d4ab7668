import { type AvailableModelFacts, fromGib, type LoadedModel, type ModelKey } from "@herd/shared";
import type {
  BackendSnapshot,
  LoadedState,
  ModelSnapshot,
  NodeSnapshot,
  NodeStatus,
  Reachability,
} from "../domain/fleet-snapshot.ts";
import { modelKeyOf } from "../domain/model-name.ts";
import type { Capability } from "../domain/request.ts";
import { OLLAMA_ID } from "./backends/backend-id.ts";
import { serverBackendsOf } from "./backends/server-backends.ts";
import { loadedKeysOf } from "./backends/servers-of.ts";
import { type LivenessBounds, livenessOf } from "./liveness.ts";
import type { ModelTraits, NodeRecord, SeenLoaded } from "./node-record.ts";
import { routeOf } from "./route-of.ts";
import { isBehindNothing } from "./with-heartbeat.ts";

/** How long the router's own sight of a loaded model outweighs a heartbeat that does not show it yet, ms. */
const SEEN_LOADED_HOLDS_MS = 7_000;

/** What turning a record into a snapshot needs beside the record. */
export interface SnapshotContext {
  /** Unix epoch ms. */
  readonly now: number;
  readonly bounds: LivenessBounds;
  readonly traitsOf: (digest: string) => ModelTraits | undefined;
}

/** The status of a node at this moment. */
export function statusOf({ lastHeartbeatAt, isRefusing }: NodeRecord, { now, bounds }: SnapshotContext): NodeStatus {
  const heartbeatAgeMs = lastHeartbeatAt === undefined ? undefined : now - lastHeartbeatAt;
  return livenessOf({ heartbeatAgeMs, isRefusing }, bounds);
}

/**
 * Until when a record gives the same snapshot but for its status, Unix epoch ms: then the router's own sight of a model that
 * no heartbeat shows ends.
 */
export function sightEndsAt({ seenLoaded, heartbeat }: NodeRecord, now: number): number {
  if (seenLoaded.size === 0) return Number.POSITIVE_INFINITY;
  const reported = loadedKeysOf(heartbeat);
  const ends = [...seenLoaded].map(([key, { at }]) => (reported.has(key) ? 0 : at + SEEN_LOADED_HOLDS_MS));
  return Math.min(Number.POSITIVE_INFINITY, ...ends.filter((end) => end >= now));
}

/** Freezes a record into what the rest of the router sees of the node. */
export function nodeSnapshotOf(record: NodeRecord, context: SnapshotContext): NodeSnapshot {
  const { heartbeat, lastHeartbeatAt } = record;
  return {
    nodeId: record.nodeId,
    status: statusOf(record, context),
    isDraining: record.isDraining || record.isCordoned,
    isLegacy: record.origin.publicKey === undefined,
    isSimulated: heartbeat.simulated === true,
    address: record.origin.address,
    lastHeartbeatAt,
    cpu: heartbeat.cpu,
    memory: heartbeat.memory,
    gpus: heartbeat.gpus ?? [],
    disk: heartbeat.disk ?? undefined,
    thermal: heartbeat.thermal ?? undefined,
    power: heartbeat.power ?? undefined,
    capacity: heartbeat.capacity ?? undefined,
    chip: heartbeat.chip ?? "",
    arch: heartbeat.arch ?? "",
    memoryBandwidth: positive(heartbeat.memory_bandwidth_gbps),
    agentVersion: heartbeat.agent_version ?? "",
    backends: [
      ollamaBackendOf(record, context),
      ...serverBackendsOf(record, { now: context.now, holdsMs: SEEN_LOADED_HOLDS_MS }),
    ],
    findings: [...record.findings, ...record.useFindings],
  };
}

function ollamaBackendOf(record: NodeRecord, context: SnapshotContext): BackendSnapshot {
  const { ollama, backends = [] } = record.heartbeat;
  const told = backends.find(({ kind }) => kind === "ollama")?.version;
  return {
    id: OLLAMA_ID,
    kind: "ollama",
    route: routeOf(record.origin, record.heartbeat),
    reachability: record.signs.get(OLLAMA_ID)?.reachability ?? reportedReachability(record),
    version: ollama.version ?? told ?? record.foundVersion ?? "",
    reportedParallelism: positive(ollama.num_parallel),
    models: modelsOf(record, context),
  };
}

/** What is only known from the store has not been heard of yet. */
function reportedReachability({ heartbeat, lastHeartbeatAt, origin }: NodeRecord): Reachability {
  if (lastHeartbeatAt === undefined) return "unknown";
  return heartbeat.ollama.reachable === false || isBehindNothing({ origin, heartbeat }) ? "unreachable" : "reachable";
}

function modelsOf(record: NodeRecord, context: SnapshotContext): ReadonlyMap<ModelKey, ModelSnapshot> {
  const { ollama } = record.heartbeat;
  const loaded = new Map<ModelKey, LoadedModel>();
  for (const model of ollama.models_loaded) {
    const key = modelKeyOf(model.name);
    if (key !== undefined) loaded.set(key, model);
  }
  const models = new Map<ModelKey, ModelSnapshot>();
  for (const name of [...ollama.models_available, ...ollama.models_loaded.map((model) => model.name)]) {
    const key = modelKeyOf(name);
    if (key === undefined || models.has(key)) continue;
    models.set(key, modelOf({ record, context, key, name, loaded: loaded.get(key) }));
  }
  return models;
}

interface ModelSources {
  readonly record: NodeRecord;
  readonly context: SnapshotContext;
  readonly key: ModelKey;
  readonly name: string;
  readonly loaded: LoadedModel | undefined;
}

function modelOf({ record, context, key, name, loaded }: ModelSources): ModelSnapshot {
  const facts: AvailableModelFacts = ownMember(record.inventory.facts, name) ?? {};
  const sizeGb = ownMember(record.inventory.sizesGb, name);
  const digest = facts.digest ?? loaded?.digest;
  const traits = digest === undefined ? undefined : context.traitsOf(digest);
  const contextMax = facts.context_max ?? traits?.contextMax;
  return {
    key,
    name,
    digest,
    sizeBytes: sizeGb === undefined ? undefined : fromGib(sizeGb),
    loaded: loadedStateOf({ loaded, record, key, now: context.now, sizeGb, contextMax }),
    unloadedAt: record.unloadedAt.get(key),
    capabilities: toldCapabilities(facts.capabilities) ?? traits?.capabilities,
    contextMax,
    facts: {
      modifiedAt: facts.modified_at,
      format: facts.format,
      family: facts.family,
      families: facts.families ?? undefined,
      parameterSize: facts.parameter_size ?? loaded?.parameter_size,
      quantization: facts.quantization_level ?? loaded?.quantization,
      parentModel: facts.parent_model,
      expiresAt: loaded?.expires_at,
    },
  };
}

interface LoadedSources {
  readonly loaded: LoadedModel | undefined;
  readonly record: NodeRecord;
  readonly key: ModelKey;
  readonly now: number;
  readonly sizeGb: number | undefined;
  readonly contextMax: number | undefined;
}

function loadedStateOf({ loaded, record, key, now, sizeGb, contextMax }: LoadedSources): LoadedState | undefined {
  const seen = record.seenLoaded.get(key);
  if (loaded !== undefined) {
    const vramGb = loaded.size_vram_gb;
    return {
      sizeBytes: fromGib(loaded.size_gb),
      vramBytes: vramGb === undefined ? undefined : fromGib(vramGb),
      // A load after the report has another context than the one reported.
      contextLength:
        seen === undefined || seen.reported !== undefined ? loaded.context_length : contextOfLoad(seen, contextMax),
      loadedWith: seen?.terms,
    };
  }
  if (seen === undefined || now - seen.at > SEEN_LOADED_HOLDS_MS) return undefined;
  return {
    sizeBytes: fromGib(sizeGb ?? 0),
    vramBytes: undefined,
    contextLength: contextOfLoad(seen, contextMax),
    loadedWith: seen.terms,
  };
}

/** What a load asked for, clipped as Ollama does; 0 where it asked for nothing, since nobody tells a node's default. */
const contextOfLoad = ({ terms }: SeenLoaded, contextMax = Number.POSITIVE_INFINITY): number =>
  Math.min(terms?.numCtx ?? 0, contextMax);

const positive = (value: number | undefined): number | undefined =>
  value !== undefined && value > 0 ? value : undefined;

/** A model may be called `constructor`: what every object inherits is no fact about it. */
const ownMember = <Value>(members: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(members, name) ? members[name] : undefined;

/** The predecessor sends an empty list where it does not know; every model can do something. */
const toldCapabilities = (told: readonly string[] | undefined): readonly Capability[] | undefined =>
  told === undefined || told.length === 0 ? undefined : (told as readonly Capability[]);
