import type { NodeId } from "@herd/shared";
import type { Logger } from "pino";
import type { FleetSnapshot, NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { fleetStep, type Told } from "./fleet-voice.ts";

/** The fleet as whoever speaks of it sees it. */
export interface FleetWindow {
  readonly snapshot: () => FleetSnapshot;
  /** The listener is called after every change, once per turn of the event loop. */
  readonly onNews: (listener: () => void) => void;
}

/** What telling the fleet's news needs. */
export interface FleetTelling {
  readonly fleet: FleetWindow;
  readonly log: Logger;
  /** Unix epoch ms. */
  readonly now: () => number;
}

/** Under load the fleet changes with every request; its owner is told no more often than this, ms. */
const TELL_EVERY_MS = 100;

/** Logs machines as they come and go, and what is odd about them, one sentence each. */
export function tellFleet({ fleet, log, now }: FleetTelling): void {
  const known = new Map<NodeId, Told>();
  const tellOf = (node: NodeSnapshot): void => {
    const { told, sentences } = fleetStep(known.get(node.nodeId), node, now());
    if (told !== undefined) known.set(node.nodeId, told);
    for (const { level, nodeId, text } of sentences) log[level]({ node_id: nodeId, address: node.address }, text);
  };
  let isDue = false;
  const tell = (): void => {
    isDue = false;
    const { nodes } = fleet.snapshot();
    for (const node of nodes) tellOf(node);
    if (known.size > nodes.length) forgetOthers(known, nodes);
  };
  fleet.onNews(() => {
    if (isDue) return;
    isDue = true;
    setTimeout(tell, TELL_EVERY_MS).unref();
  });
}

/** A node that was removed is new when it comes again. */
function forgetOthers(known: Map<NodeId, Told>, nodes: readonly NodeSnapshot[]): void {
  const present = new Set(nodes.map(({ nodeId }) => nodeId));
  for (const id of known.keys()) if (!present.has(id)) known.delete(id);
}
