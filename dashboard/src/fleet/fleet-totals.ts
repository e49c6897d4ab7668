import type { FleetStatus, QueueView } from "@herd/shared";

/** The fleet in numbers. */
export interface FleetTotals {
  readonly nodes: number;
  readonly online: number;
  readonly modelsLoaded: number;
  /** Requests holding a slot anywhere. */
  readonly running: number;
  /** Requests waiting in lanes. */
  readonly waiting: number;
  /** Requests that wait for any candidate to appear. */
  readonly held: number;
  /** Ended well since the router started. */
  readonly done: number;
  /** Ended badly since the router started. */
  readonly failed: number;
}

/** The router's own totals, and the sums over its lanes where it has none. */
export function fleetTotalsOf({ fleet, queues }: FleetStatus): FleetTotals {
  const lanes = Object.values(queues);
  return {
    nodes: fleet.nodes_total,
    online: fleet.nodes_online,
    modelsLoaded: fleet.models_loaded,
    running: fleet.requests_active,
    waiting: fleet.requests_waiting,
    held: fleet.requests_held,
    done: sumOf(lanes, (lane) => lane.completed),
    failed: sumOf(lanes, (lane) => lane.failed),
  };
}

function sumOf(lanes: readonly QueueView[], read: (lane: QueueView) => number): number {
  return lanes.reduce((sum, lane) => sum + read(lane), 0);
}
