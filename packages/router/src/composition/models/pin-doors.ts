import { toGib, nodeId as toNodeId } from "@herd/shared";
import type { PinAnswer, PinDoors, PinWish } from "../../dashboard-api/models/pin-routes.ts";
import type { ModelSnapshot, NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { modelKeyOf } from "../../domain/model-name.ts";
import type { RouteSources } from "../dashboard/route-sources.ts";

/** Pins together may take this share of a machine's memory, unless somebody insists. */
const MOST_OF_MEMORY = 0.8;

/** Builds what the routes of pins are given. */
export function createPinDoors(sources: RouteSources): PinDoors {
  const { settings, models, stores, fleet } = sources;
  const { pins } = models;
  const perNode = () => Object.fromEntries(Object.entries(pins.perNode()).map(([id, names]) => [id, [...names]]));
  const isPinnedBySettings = (model: string): boolean =>
    settings.pinnedModels.some((one) => modelKeyOf(one) === modelKeyOf(model));
  return {
    view: () => ({
      env_pins: settings.pinnedModels,
      per_node: pins.perNode(),
      max_count: settings.modelPreloadMaxCount,
    }),
    perNode,
    pin: (wish) => pin(sources, wish),
    unpin: (model, nodeId) => {
      const nodes = nodeId === undefined ? Object.keys(pins.perNode()) : [nodeId];
      const removed = nodes.filter((id) => pins.set(id, model, false));
      for (const id of removed) {
        stores.modelEvents.note({ event: "unpinned", nodeId: id, model, at: fleet.clock.now() });
        if (!isPinnedBySettings(model)) models.keeper.release({ nodeId: id, model });
      }
      return removed.length;
    },
    isPinnedBySettings,
    limits: () => limitsOf(sources),
  };
}

async function pin(sources: RouteSources, wish: PinWish): Promise<PinAnswer> {
  const { models, stores, fleet } = sources;
  const { model, isForced, waits, timeoutMs } = wish;
  const place = placeFor(sources, wish);
  if ("kind" in place) return place;
  const { node, snapshot } = place;
  const refusal = tooManyOn(sources, node, snapshot) ?? (isForced ? undefined : tooMuchOn(sources, node, snapshot));
  if (refusal !== undefined) return refusal;
  if (models.pins.set(node.nodeId, model, true))
    stores.modelEvents.note({ event: "pinned", nodeId: node.nodeId, model, at: fleet.clock.now() });
  const done = { kind: "done", nodeId: node.nodeId } as const;
  if (snapshot.loaded !== undefined) return { ...done, isReady: true, tookMs: 0 };
  const began = performance.now();
  const loading = models.keeper.load({ nodeId: node.nodeId, model: snapshot.name });
  if (!waits) return { ...done, isReady: false, tookMs: undefined };
  const isReady = await Promise.race([loading, after(timeoutMs)]);
  if (isReady === undefined) return { ...done, isReady: false, tookMs: undefined };
  if (isReady) return { ...done, isReady: true, tookMs: Math.round(performance.now() - began) };
  return { kind: "refused", status: 503, error: `'${model}' could not be loaded on ${node.nodeId}` };
}

const after = (ms: number): Promise<undefined> =>
  new Promise((resolve) => setTimeout(() => resolve(undefined), ms).unref());

interface Place {
  readonly node: NodeSnapshot;
  readonly snapshot: ModelSnapshot;
}

function placeFor({ fleet }: RouteSources, { model, nodeId }: PinWish): Place | PinAnswer {
  const { nodes } = fleet.registry.snapshot();
  const refused = (status: 400 | 404, error: string): PinAnswer => ({ kind: "refused", status, error });
  if (nodeId !== undefined && !nodes.some((node) => node.nodeId === nodeId))
    return refused(400, `there is no node '${nodeId}'`);
  const key = modelKeyOf(model);
  const places = nodes
    .filter((node) => (nodeId === undefined ? node.status !== "offline" && !node.isSimulated : node.nodeId === nodeId))
    .flatMap((node) =>
      node.backends.flatMap(({ models }) => [...models.values()].map((snapshot) => ({ node, snapshot }))),
    )
    .filter(({ snapshot }) => snapshot.key === key)
    .toSorted(
      (one, other) =>
        Number(other.snapshot.loaded !== undefined) - Number(one.snapshot.loaded !== undefined) ||
        other.node.memory.available_gb - one.node.memory.available_gb,
    );
  const [best] = places;
  if (best === undefined)
    return refused(404, `no machine${nodeId === undefined ? "" : ` '${nodeId}'`} has the model '${model}' on disk`);
  if (best.node.isSimulated) return refused(400, `'${model}' belongs to the demo: its models are not pinned`);
  if (best.snapshot.capabilities?.length === 1 && best.snapshot.capabilities[0] === "image")
    return refused(400, `'${model}' makes images: it is not kept in memory`);
  return best;
}

/** More than the setting allows would not be kept, whoever insists. */
function tooManyOn(
  { models, settings }: RouteSources,
  { nodeId }: NodeSnapshot,
  { key }: ModelSnapshot,
): PinAnswer | undefined {
  const most = settings.modelPreloadMaxCount;
  const others = (models.pins.perNode()[nodeId] ?? []).filter((model) => modelKeyOf(model) !== key);
  if (others.length < most) return undefined;
  const error = `${nodeId} keeps ${most} pinned models at most (model_preload_max_count): unpin one of them, or raise the setting`;
  return { kind: "refused", status: 409, error, details: { models: others.map((model) => ({ model })), limit: most } };
}

function tooMuchOn({ models }: RouteSources, node: NodeSnapshot, wanted: ModelSnapshot): PinAnswer | undefined {
  const pinned = new Set((models.pins.perNode()[node.nodeId] ?? []).map(modelKeyOf));
  const all = node.backends.flatMap((backend) => [...backend.models.values()]);
  const kept = [wanted, ...all.filter(({ key }) => key !== wanted.key && pinned.has(key))];
  const sizes = kept.map((model) => ({
    model: model.name,
    size_gb: toGib(model.loaded?.sizeBytes ?? model.sizeBytes ?? 0),
  }));
  const total = sizes.reduce((sum, { size_gb: size }) => sum + size, 0);
  const limit = node.memory.total_gb * MOST_OF_MEMORY;
  if (total <= limit) return undefined;
  const error = `the pinned models of ${node.nodeId} would take ${total.toFixed(1)} GB of its ${node.memory.total_gb} GB; force pins it all the same`;
  return { kind: "refused", status: 409, error, details: { models: sizes, limit_gb: Math.round(limit * 100) / 100 } };
}

function limitsOf({ settings, fleet, serving }: RouteSources): object {
  const { nodes } = fleet.registry.snapshot();
  return {
    max_retries: settings.maxRetries,
    queue_limit: settings.queueLimit,
    max_parallelism: settings.maxParallelism,
    hot_model_cap: settings.modelPreloadMaxCount,
    mlx_max_inflight_per_model: null,
    mlx_max_queue_depth: null,
    nodes: Object.fromEntries(
      nodes
        .filter(({ isSimulated }) => !isSimulated)
        .map(({ nodeId, backends }) => {
          const heartbeat = fleet.registry.record(toNodeId(nodeId))?.heartbeat;
          const cap = heartbeat?.ollama.max_loaded_models ?? 0;
          const loaded = backends
            .flatMap(({ models }) => [...models.values()])
            .filter((model) => model.loaded !== undefined).length;
          const inFlight = serving.book
            .all()
            .reduce((sum, lane) => (lane.nodeId === nodeId ? sum + lane.inFlight : sum), 0);
          return [
            nodeId,
            {
              hot_model_cap: cap > 0 ? cap : null,
              models_loaded: loaded,
              free_slots: cap > 0 ? Math.max(0, cap - loaded) : null,
              in_flight: inFlight,
            },
          ];
        }),
    ),
  };
}
