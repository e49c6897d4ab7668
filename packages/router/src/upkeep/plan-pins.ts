import { BYTES_PER_GIB } from "@herd/shared";
import type { FleetSnapshot, ModelSnapshot, NodeSnapshot } from "../domain/fleet-snapshot.ts";
import { modelKeyOf } from "../domain/model-name.ts";

/** A model that is to stay in memory. */
export interface Pin {
  readonly model: string;
  /** Undefined: on the machine with the most room that has it on disk. */
  readonly nodeId: string | undefined;
}

/** A load that keeps a pin. */
export interface PinLoad {
  readonly nodeId: string;
  readonly model: string;
}

/** What the plan looks at. */
export interface PinFacts {
  readonly fleet: FleetSnapshot;
  readonly pins: readonly Pin[];
  /** A load there failed lately, or is under way. */
  readonly isResting: (load: PinLoad) => boolean;
  /** Bytes that a model takes in memory there; undefined when nobody knows. */
  readonly sizeOf: (model: ModelSnapshot) => number | undefined;
  /** Pinned models that one machine keeps at most. */
  readonly mostPerNode: number;
  /** What is in memory there will leave it soon: a client has said for how long it is to stay. */
  readonly endsSoon: (model: ModelSnapshot) => boolean;
  /** The node computes something now. */
  readonly isBusy: (nodeId: string) => boolean;
}

/** The loads that are missing now, and those that keep what would leave, one for each node at most: a load takes all of a machine. */
export function planPins(facts: PinFacts): readonly PinLoad[] {
  const loads = new Map<string, PinLoad>();
  for (const pin of facts.pins) {
    const load = loadFor(pin, facts);
    if (load !== undefined && !loads.has(load.nodeId) && !facts.isResting(load)) loads.set(load.nodeId, load);
  }
  return [...loads.values()];
}

function loadFor({ model, nodeId }: Pin, facts: PinFacts): PinLoad | undefined {
  const key = modelKeyOf(model);
  if (key === undefined) return undefined;
  const held = facts.fleet.nodes.flatMap((node) => heldOn(node, key));
  const there = nodeId === undefined ? held : held.filter(({ node }) => node.nodeId === nodeId);
  const loaded = there.filter(({ snapshot }) => snapshot.loaded !== undefined);
  if (loaded.length > 0) return renewalOf(loaded, facts);
  const [best] = there
    .filter(({ node, snapshot }) => mayLoad(node, facts) && fits(node, { ...facts, bytes: facts.sizeOf(snapshot) }))
    .toSorted((one, other) => roomOf(other.node) - roomOf(one.node) || (one.node.nodeId < other.node.nodeId ? -1 : 1));
  return best === undefined ? undefined : { nodeId: best.node.nodeId, model: best.snapshot.name };
}

/** One that stays is enough; else the first that can be kept. */
function renewalOf(loaded: readonly Held[], facts: PinFacts): PinLoad | undefined {
  if (facts.mostPerNode === 0 || loaded.some(({ snapshot }) => !facts.endsSoon(snapshot))) return undefined;
  const kept = loaded.find(({ node }) => isOurs(node) && !facts.isBusy(node.nodeId));
  return kept === undefined ? undefined : { nodeId: kept.node.nodeId, model: kept.snapshot.name };
}

/** A model on a machine. */
interface Held {
  readonly node: NodeSnapshot;
  readonly snapshot: ModelSnapshot;
}

/** Only an Ollama is told what to load. */
function heldOn(node: NodeSnapshot, key: ModelSnapshot["key"]): readonly Held[] {
  return node.backends
    .filter(({ kind, reachability }) => kind === "ollama" && reachability === "reachable")
    .flatMap(({ models }) => {
      const snapshot = models.get(key);
      return snapshot === undefined ? [] : [{ node, snapshot }];
    });
}

/** The demo, and machines whose owner needs them, are left alone. */
const isOurs = ({ status, isDraining, isSimulated, capacity }: NodeSnapshot): boolean =>
  status === "online" && !isDraining && !isSimulated && capacity?.mode !== "paused";

function mayLoad(node: NodeSnapshot, { pins, isBusy, mostPerNode }: PinFacts): boolean {
  if (!isOurs(node) || isBusy(node.nodeId)) return false;
  const keys = new Set(pins.map(({ model }) => modelKeyOf(model)));
  const models = node.backends.flatMap((backend) => [...backend.models.values()]);
  return models.filter(({ key, loaded }) => loaded !== undefined && keys.has(key)).length < mostPerNode;
}

/** Its machine is idle: what nobody has pinned may leave its memory for a pin, another pin may not. */
function fits(node: NodeSnapshot, { bytes, pins }: Pick<PinFacts, "pins"> & { readonly bytes: number | undefined }) {
  if (bytes === undefined) return true;
  const kept = new Set(
    pins.filter(({ nodeId }) => nodeId === undefined || nodeId === node.nodeId).map(({ model }) => modelKeyOf(model)),
  );
  const yielding = node.backends
    .filter(({ kind }) => kind === "ollama")
    .flatMap(({ models }) => [...models.values()])
    .reduce((sum, { key, loaded }) => (kept.has(key) ? sum : sum + (loaded?.vramBytes ?? loaded?.sizeBytes ?? 0)), 0);
  return roomOf(node) * BYTES_PER_GIB + yielding >= bytes;
}

/** Memory that is free for models, GiB: that of the graphics cards where there are any. */
function roomOf({ gpus, memory }: NodeSnapshot): number {
  const cards = gpus.reduce((sum, gpu) => sum + Math.max(0, gpu.vram_total_gb - (gpu.vram_used_gb ?? 0)), 0);
  return cards > 0 ? cards : memory.available_gb;
}
