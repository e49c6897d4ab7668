import type { FleetNodeView } from "@herd/shared";
import { naturalOrder } from "../text/natural-order.ts";
import { hasLostBackend, type NodeState, nodeStateOf } from "./node-state.ts";

const RANKS: Readonly<Record<NodeState, number>> = { offline: 0, degraded: 1, draining: 3, online: 4 };
/** Online, but something about it wants to be looked at. */
const ODD_RANK = 2;

/** Nodes in the order in which they want attention, those alike by name. */
export function sortNodes(nodes: readonly FleetNodeView[]): readonly FleetNodeView[] {
  return nodes.toSorted((left, right) => rankOf(left) - rankOf(right) || naturalOrder(left.node_id, right.node_id));
}

function rankOf(node: FleetNodeView): number {
  const rank = RANKS[nodeStateOf(node)];
  return node.findings.length > 0 || hasLostBackend(node) ? Math.min(rank, ODD_RANK) : rank;
}
