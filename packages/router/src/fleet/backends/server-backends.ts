import { type BackendReading, fromGib, type ModelKey } from "@herd/shared";
import type { BackendSnapshot, LoadedState, ModelSnapshot, Reachability } from "../../domain/fleet-snapshot.ts";
import type { Capability } from "../../domain/request.ts";
import type { NodeRecord, SeenLoaded } from "../node-record.ts";
import { serverRouteOf } from "../route-of.ts";
import { backendIdOf, memoryKeyOf } from "./backend-id.ts";
import { type NamedModel, namedModelsOf, serversOf } from "./servers-of.ts";

/** What is seen of a model for how long, when the router itself has seen it answer. */
export interface Sight {
  /** Unix epoch ms. */
  readonly now: number;
  /** How long that outweighs a heartbeat which does not show it in memory, ms. */
  readonly holdsMs: number;
}

/** The servers with OpenAI's API on a node, as the rest of the router sees them. */
export function serverBackendsOf(record: NodeRecord, sight: Sight): readonly BackendSnapshot[] {
  return serversOf(record.heartbeat).map((server) => {
    const id = backendIdOf(server);
    const models = namedModelsOf(server).map((named) => modelOf({ record, id, named, sight }));
    const route = serverRouteOf(record.origin, record.heartbeat, server);
    return {
      id,
      kind: "openai-compatible" as const,
      software: server.software,
      route: route ?? NOWHERE,
      reachability: route === undefined ? "unreachable" : reachabilityOf(record, id, server),
      version: server.version,
      reportedParallelism: server.parallelism === 0 ? undefined : server.parallelism,
      models: new Map<ModelKey, ModelSnapshot>(models.map((model) => [model.key, model])),
    };
  });
}

/** Stands for the way to a server behind a gateway that is not open; nothing is ever sent there. */
const NOWHERE = { kind: "gateway" as const, origin: "http://127.0.0.1:0", prefix: "" };

/** What is only known from the store has not been heard of yet. */
function reachabilityOf({ signs, lastHeartbeatAt }: NodeRecord, id: string, server: BackendReading): Reachability {
  const sign = signs.get(id);
  if (sign !== undefined) return sign.reachability;
  if (lastHeartbeatAt === undefined) return "unknown";
  return server.is_reachable ? "reachable" : "unreachable";
}

interface ModelSources {
  readonly record: NodeRecord;
  readonly id: string;
  readonly named: NamedModel;
  readonly sight: Sight;
}

function modelOf({ record, id, named, sight }: ModelSources): ModelSnapshot {
  const { key, name, served } = named;
  const memoryKey = memoryKeyOf(id, key);
  return {
    key,
    name,
    backendName: served.name,
    digest: undefined,
    sizeBytes: served.size_gb === undefined ? undefined : fromGib(served.size_gb),
    loaded: loadedStateOf(named, record.seenLoaded.get(memoryKey), sight),
    unloadedAt: record.unloadedAt.get(memoryKey),
    capabilities: served.capabilities as readonly Capability[] | undefined,
    contextMax: served.context_max,
    facts: {
      modifiedAt: served.modified_at,
      format: served.format,
      family: served.family,
      families: undefined,
      parameterSize: served.parameter_size,
      quantization: served.quantization_level,
      parentModel: undefined,
      expiresAt: undefined,
    },
  };
}

function loadedStateOf({ served }: NamedModel, seen: SeenLoaded | undefined, sight: Sight): LoadedState | undefined {
  const isSeen = seen !== undefined && sight.now - seen.at <= sight.holdsMs;
  if (!served.is_loaded && !isSeen) return undefined;
  return { sizeBytes: fromGib(served.size_gb ?? 0), vramBytes: undefined, contextLength: served.context_length };
}
