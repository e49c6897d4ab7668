import { BYTES_PER_GIB, fromGib, type ModelKey } from "@herd/shared";
import type { ErrorCode } from "../../domain/errors.ts";
import type { FleetSnapshot, NodeSnapshot } from "../../domain/fleet-snapshot.ts";

/** A model that is to be pulled, or files of one that are to be uploaded. */
export interface PullWish {
  /** undefined when it has no name yet. */
  readonly modelKey: ModelKey | undefined;
  /** Bytes that will come, where that is known from elsewhere than from who has the model. */
  readonly sizeBytes?: number | undefined;
  /** The node that was asked for; undefined leaves the choice to the router. */
  readonly nodeId: string | undefined;
  /** Free on the volume of a node's models, GiB; undefined when not told. */
  readonly diskFreeGb: (node: NodeSnapshot) => number | undefined;
}

/** Where to pull, the best first; or why nowhere. */
export type PullPlan =
  | { readonly kind: "nodes"; readonly nodes: readonly NodeSnapshot[] }
  | { readonly kind: "nowhere"; readonly code: ErrorCode };

/** Part of a disk that a pull leaves free. */
const DISK_RESERVE = 0.05;

/**
 * Chooses the nodes on which a model can be pulled: who holds it already first, since pulling again renews it there; then by
 * the room for it in memory and on disk, then by speed. What is not known about a disk or a size speaks against nobody. The
 * demo takes a model only while there is no real backend.
 */
export function planPull(fleet: FleetSnapshot, { modelKey, nodeId, diskFreeGb, sizeBytes }: PullWish): PullPlan {
  const answering = fleet.nodes.filter(isAnswering);
  const real = answering.filter((node) => !node.isSimulated);
  const takers = real.length === 0 ? answering : real;
  if (nodeId !== undefined) {
    const named = takers.find((node) => node.nodeId === nodeId);
    return named === undefined ? { kind: "nowhere", code: "HERD_UNKNOWN_NODE" } : { kind: "nodes", nodes: [named] };
  }
  const size = sizeBytes ?? (modelKey === undefined ? undefined : sizeIn(fleet, modelKey));
  const holds = (node: NodeSnapshot): boolean =>
    modelKey !== undefined && node.backends.some(({ models }) => models.has(modelKey));
  const ranked = takers
    .filter((node) => !node.isDraining && (holds(node) || hasRoom(node, { size, freeGb: diskFreeGb(node) })))
    .toSorted(
      (a, b) =>
        Number(holds(b)) - Number(holds(a)) ||
        Number(b.status === "online") - Number(a.status === "online") ||
        (size === undefined ? 0 : speedOf(b) - speedOf(a)) ||
        roomOf(b) - roomOf(a) ||
        (diskFreeGb(b) ?? 0) - (diskFreeGb(a) ?? 0) ||
        speedOf(b) - speedOf(a),
    );
  return ranked.length === 0 ? { kind: "nowhere", code: "HERD_NO_PULL_NODE" } : { kind: "nodes", nodes: ranked };
}

const isAnswering = (node: NodeSnapshot): boolean =>
  node.status !== "offline" &&
  node.backends.some(({ kind, reachability, version, models }) => {
    // An old agent whose Ollama tells neither a version nor a model may have nothing behind it.
    const isThere = version !== "" || models.size > 0;
    return kind === "ollama" && reachability === "reachable" && isThere;
  });

/** Bytes on disk, where anybody has it; undefined when nobody does. */
function sizeIn({ holders }: FleetSnapshot, modelKey: ModelKey): number | undefined {
  const sizes = (holders.get(modelKey) ?? []).flatMap(({ model }) => model.sizeBytes ?? []);
  return sizes.length === 0 ? undefined : Math.max(...sizes);
}

interface Room {
  /** Bytes on disk; undefined when nobody has the model. */
  readonly size: number | undefined;
  readonly freeGb: number | undefined;
}

function hasRoom(node: NodeSnapshot, { size = 0, freeGb = Number.POSITIVE_INFINITY }: Room): boolean {
  const fitsDisk = freeGb > 0 && freeGb * (1 - DISK_RESERVE) * BYTES_PER_GIB >= size;
  return fitsDisk && capacityOf(node) >= size;
}

/** Memory in which its models run when nothing else does, bytes: that of its graphics cards, else the system's. */
function capacityOf({ gpus, memory }: NodeSnapshot): number {
  const cards = gpus.reduce((sum, gpu) => sum + gpu.vram_total_gb, 0);
  return fromGib(Math.max(cards, memory.total_gb));
}

/** Memory that is free for models now, bytes. */
function roomOf({ gpus, memory, capacity }: NodeSnapshot): number {
  const cards = gpus.reduce((sum, gpu) => sum + Math.max(0, gpu.vram_total_gb - (gpu.vram_used_gb ?? 0)), 0);
  const free = cards > 0 ? cards : memory.available_gb;
  return fromGib(capacity === undefined || capacity.ceiling_gb <= 0 ? free : Math.min(free, capacity.ceiling_gb));
}

const speedOf = ({ memoryBandwidth }: NodeSnapshot): number => memoryBandwidth ?? 0;
