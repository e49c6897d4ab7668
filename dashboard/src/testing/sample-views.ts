import { type FleetNodeView, type FleetStatus, fleetStatus, fleetStatusExamples, type QueueView } from "@herd/shared";

/** A whole fleet status, as the contract's own example shows it, with the given parts in its place. */
export function sampleStatus(parts: Partial<FleetStatus> = {}): FleetStatus {
  return { ...fleetStatus.parse(fleetStatusExamples.accepted), ...parts };
}

/** A node that is well, but for what is given. */
export function sampleNode(parts: Partial<FleetNodeView> = {}): FleetNodeView {
  return { ...first(sampleStatus().nodes), ...parts };
}

/** A lane with one request in flight, but for what is given. */
export function sampleLane(parts: Partial<QueueView> = {}): QueueView {
  return { ...first(Object.values(sampleStatus().queues)), ...parts };
}

function first<Value>(values: readonly Value[]): Value {
  const [value] = values;
  if (value === undefined) throw new Error("the contract's example is empty");
  return value;
}
