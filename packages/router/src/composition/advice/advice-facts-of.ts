import { BYTES_PER_GIB, fromGib, type ModelKey, modelKey } from "@herd/shared";
import { type FleetSnapshot, type NodeSnapshot, unknownModel } from "../../domain/fleet-snapshot.ts";
import { modelKeyOf } from "../../domain/model-name.ts";
import { visibleFleet } from "../../fleet/demo/visible-fleet.ts";
import { expectedBytes, measuredSizes } from "../../models/size-estimate.ts";
import type { AdviceFacts, SizedModel, UsageFacts } from "../../recommend/advice-facts.ts";
import type { DiskRoom } from "../../recommend/hardware.ts";
import { pullingBackendOf } from "../../recommend/own-models.ts";
import type { Pin } from "../../upkeep/plan-pins.ts";
import type { FleetParts } from "../fleet-parts.ts";
import type { ServingParts } from "../serving-parts.ts";
import type { KnownCatalogue } from "./catalogue-files.ts";

/** What the facts are gathered from. */
export interface FactSources {
  readonly fleet: FleetParts;
  readonly serving: ServingParts;
  /** Models that are to stay: on one node, or wherever they are. */
  readonly pins: () => readonly Pin[];
}

/** Gathers what recommendations are made of. */
export function adviceFactsOf(
  { fleet, serving, pins }: FactSources,
  seen: { readonly fleet: FleetSnapshot; readonly usage: UsageFacts; readonly catalogue: KnownCatalogue },
): AdviceFacts {
  const { book, qualityOf } = seen.catalogue;
  return {
    now: fleet.clock.now(),
    fleet: seen.fleet,
    book,
    qualityOf,
    usage: seen.usage,
    diskOf: diskOf(fleet),
    memoryOf: memoryIn(seen.fleet),
    speedOf: (lane) => {
      const { decodeTokensPerS: tokensPerS, samples } = serving.views.learnedOf(lane);
      return { tokensPerS, samples };
    },
    waitingFor: waitingFor(serving),
    isPinned: isPinnedBy(pins()),
  };
}

/** The fleet that advice is about: the real one; the demo's machines, too, for who may see them, while no real Ollama answers. */
export function advisedFleet(all: FleetSnapshot, withDemo: boolean): FleetSnapshot {
  const real = visibleFleet(all, false);
  return withDemo && !real.nodes.some((node) => pullingBackendOf(node) !== undefined) ? all : real;
}

/** Room on the volume of a node's models, as it last told; undefined when it did not. */
export const diskOf =
  ({ registry }: FleetParts) =>
  ({ nodeId }: NodeSnapshot): DiskRoom | undefined => {
    const heartbeat = registry.record(nodeId)?.heartbeat;
    const disk = heartbeat?.models_disk ?? heartbeat?.disk ?? undefined;
    return disk === undefined
      ? undefined
      : { totalBytes: fromGib(disk.total_gb), freeBytes: fromGib(disk.available_gb) };
  };

/** Buffers of the inference program, bytes. */
const BUFFER_BYTES = 0.3 * BYTES_PER_GIB;

/** What a model takes with its context: what is known exactly of its cache goes before the estimate by its size. */
export function memoryIn({ holders }: Pick<FleetSnapshot, "holders">): (model: SizedModel) => number {
  const measured = measuredSizes([...holders.values()].flat().map(({ model }) => model));
  return ({ weightBytes, digest, contextMax, contextTokens, cacheBytesPerToken }) => {
    const context = Math.min(contextTokens, contextMax ?? contextTokens);
    if (cacheBytesPerToken !== undefined && measured.get(digest ?? "") === undefined)
      return Math.round(weightBytes + context * cacheBytesPerToken + BUFFER_BYTES);
    const model = { ...unknownModel("", modelKey("")), digest, sizeBytes: weightBytes, contextMax };
    return expectedBytes({ model, measured, contextTokens }) ?? weightBytes;
  };
}

const isPinnedBy =
  (pins: readonly Pin[]): AdviceFacts["isPinned"] =>
  (node, key) =>
    pins.some(({ nodeId, model }) => (nodeId === undefined || nodeId === node.nodeId) && modelKeyOf(model) === key);

function waitingFor({ book }: ServingParts): (key: ModelKey) => number {
  const waiting = new Map<ModelKey, number>();
  for (const lane of book.all()) {
    const key = modelKeyOf(lane.modelName);
    if (key !== undefined) waiting.set(key, (waiting.get(key) ?? 0) + lane.waiting);
  }
  return (key) => waiting.get(key) ?? 0;
}
