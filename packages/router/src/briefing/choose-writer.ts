import type { NodeId } from "@herd/shared";
import type { FleetSnapshot, Holder, ModelSnapshot } from "../domain/fleet-snapshot.ts";
import { modelKeyOf } from "../domain/model-name.ts";

/** Who may write: a model on a node. */
export interface Writer {
  readonly node: NodeId;
  readonly model: string;
}

/** What the choice is made from. */
export interface WriterSources {
  readonly fleet: FleetSnapshot;
  /** The model of the settings; empty leaves the choice open. */
  readonly wanted: string;
  /** Requests that wait anywhere. */
  readonly waiting: number;
  /** Requests that run on a node, whatever the model. */
  readonly inFlightOn: (node: NodeId) => number;
}

/** Smaller models write nothing that is worth reading, bytes in memory. */
const SMALLEST_BYTES = 1.2e9;

/**
 * A chat model that is in memory on a real node without any work, while nobody waits; undefined when there is none, so that
 * nothing is ever loaded or delayed for a briefing. The largest writes best; of equal ones the first by name.
 */
export function chooseWriter({ fleet, wanted, waiting, inFlightOn }: WriterSources): Writer | undefined {
  if (waiting > 0) return undefined;
  const key = wanted === "" ? undefined : modelKeyOf(wanted);
  if (wanted !== "" && key === undefined) return undefined;
  const [best] = [...fleet.holders.values()]
    .flat()
    .filter((holder) => mayWrite(holder) && inFlightOn(holder.node.nodeId) === 0)
    .filter(({ model }) => (key === undefined ? isLargeEnough(model) : model.key === key))
    .toSorted((one, other) => sizeOf(other) - sizeOf(one) || (one.laneKey < other.laneKey ? -1 : 1));
  return best === undefined ? undefined : { node: best.node.nodeId, model: best.model.name };
}

function mayWrite({ node, backend, model }: Holder): boolean {
  const isThere = node.status === "online" && !node.isSimulated && !node.isDraining;
  const isSpare = node.capacity?.mode !== "paused" && node.power?.source !== "battery";
  return isThere && isSpare && backend.reachability === "reachable" && model.loaded !== undefined && canChat(model);
}

/** Where a node does not tell what its models can do, names of embedding models give them away. */
const canChat = ({ capabilities, name }: ModelSnapshot): boolean =>
  capabilities === undefined ? !/embed|minilm|bge/i.test(name) : capabilities.includes("completion");

const isLargeEnough = ({ loaded }: ModelSnapshot): boolean => (loaded?.sizeBytes ?? 0) >= SMALLEST_BYTES;

const sizeOf = ({ model }: Holder): number => model.loaded?.sizeBytes ?? 0;
