import type { ModelKey } from "@herd/shared";
import type { BackendSnapshot, FleetSnapshot, Holder, ModelSnapshot, NodeSnapshot } from "../domain/fleet-snapshot.ts";

/** Builds the fleet's snapshot out of its nodes: who holds which model, and the medians that signals compare with. */
export function fleetSnapshotOf(nodes: readonly NodeSnapshot[], facts: SnapshotFacts): FleetSnapshot {
  const holders = new Map<ModelKey, Holder[]>();
  for (const node of nodes) {
    for (const holder of holdersOn(node)) {
      const list = holders.get(holder.model.key);
      if (list === undefined) holders.set(holder.model.key, [holder]);
      else list.push(holder);
    }
  }
  return {
    version: facts.version,
    nodes,
    holders,
    aggregates: { medianBandwidth: medianBandwidthOf(nodes), medianDecodeSpeed: facts.medianDecodeSpeed },
  };
}

/** What the snapshot takes from elsewhere. */
export interface SnapshotFacts {
  readonly version: number;
  /** Median of the learned decode speeds, tokens/s. */
  readonly medianDecodeSpeed: number | undefined;
}

/** A node that did not change keeps its snapshot, and with it the holders made of it. */
const known = new WeakMap<NodeSnapshot, readonly Holder[]>();

function holdersOn(node: NodeSnapshot): readonly Holder[] {
  const made = known.get(node);
  if (made !== undefined) return made;
  const holders = makeHolders(node);
  known.set(node, holders);
  return holders;
}

function makeHolders(node: NodeSnapshot): readonly Holder[] {
  return node.backends.flatMap((backend) =>
    [...backend.models.values()].map((model) => ({ node, backend, model, laneKey: laneKeyOf(node, backend, model) })),
  );
}

/** The Ollama's lanes go without the backend's name, as their learned speeds are stored; no model's name holds an `@`. */
function laneKeyOf({ nodeId }: NodeSnapshot, { id, kind }: BackendSnapshot, { name }: ModelSnapshot): string {
  return kind === "ollama" ? `${nodeId}:${name}` : `${nodeId}:${name}@${id}`;
}

/** Real nodes are compared with each other; the demo's with its own, while it is alone. */
function medianBandwidthOf(all: readonly NodeSnapshot[]): number | undefined {
  const real = all.filter((node) => !node.isSimulated && node.memoryBandwidth !== undefined);
  const nodes = real.length === 0 ? all : real;
  const bandwidths = nodes.flatMap((node) => (node.status === "offline" ? [] : (node.memoryBandwidth ?? [])));
  bandwidths.sort((a, b) => a - b);
  return bandwidths[Math.floor(bandwidths.length / 2)];
}
