import type { FleetStatus, QueueView } from "@herd/shared";
import { naturalOrder } from "../text/natural-order.ts";

/** A lane with the key it has in the status. */
export interface Lane extends QueueView {
  readonly key: string;
}

/** The lanes of a status: those with the most work first, those alike by model, then by node. */
export function sortLanes(queues: FleetStatus["queues"]): readonly Lane[] {
  const lanes = Object.entries(queues).map(([key, lane]) => ({ ...lane, key }));
  return lanes.toSorted(
    (left, right) =>
      workOf(right) - workOf(left) ||
      naturalOrder(left.model, right.model) ||
      naturalOrder(left.node_id, right.node_id),
  );
}

/** Nothing waits in it and nothing runs. */
export function isIdle(lane: QueueView): boolean {
  return workOf(lane) === 0;
}

/** What is known about the origin of a lane's limit, for the title of the word. */
export function explainLimit(source: QueueView["limit_source"]): string {
  switch (source) {
    case "reported":
      return "The node told how many requests its backend computes at once";
    case "assumed":
      return "The node did not tell, so the router starts from a safe assumption and learns";
    case "learned":
      return "Learned from requests that were seen to run side by side";
  }
}

const workOf = (lane: QueueView): number => lane.pending + lane.in_flight;
