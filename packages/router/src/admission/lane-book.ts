import type { NodeId } from "@herd/shared";
import type { CandidateLoad } from "../domain/candidate.ts";
import type { Holder } from "../domain/fleet-snapshot.ts";
import { createLane, type Lane } from "./lane.ts";

/** What the book needs to open a lane. */
export interface LaneBookDependencies {
  /** Slots assumed for a backend kind that does not tell. */
  readonly assumedParallelism: Readonly<Record<"ollama" | "openai-compatible", number>>;
  readonly maxParallelism: number;
  /** Learned ms to the first byte on a lane. */
  readonly firstByteMs: (laneKey: string) => number | undefined;
}

/** How many requests stand before one, by lane and by node. */
export interface Ahead {
  readonly onLane: (key: string) => number;
  readonly onNode: (node: NodeId) => number;
}

/** Nobody stands before. */
export const nobodyAhead: Ahead = { onLane: () => 0, onNode: () => 0 };

interface NodeLoad {
  inFlight: number;
  waiting: number;
  loads: number;
}

/** All lanes, and the sums per node. */
export class LaneBook {
  readonly #dependencies: LaneBookDependencies;
  readonly #lanes = new Map<string, Lane>();
  readonly #nodes = new Map<NodeId, NodeLoad>();
  #inFlight = 0;

  constructor(dependencies: LaneBookDependencies) {
    this.#dependencies = dependencies;
  }

  /** The lane of a holder; opened when it is asked for the first time. */
  laneOf(holder: Holder): Lane {
    const lane = this.#lanes.get(holder.laneKey) ?? this.#open(holder);
    lane.parallelism.report(holder.backend.reportedParallelism);
    return lane;
  }

  /** The load that a request would meet there, with `ahead` standing before it. */
  loadOf(holder: Holder, at: { readonly now: number; readonly ahead: Ahead }): CandidateLoad {
    const lane = this.laneOf(holder);
    const node = this.#nodeLoad(lane.nodeId);
    return {
      inFlight: lane.inFlight,
      waiting: at.ahead.onLane(lane.key),
      nodeInFlight: node.inFlight,
      nodeWaiting: at.ahead.onNode(lane.nodeId),
      limit: lane.parallelism.limit(at.now, lane.waiting > 0),
      isNodeLoading: node.loads > 0,
      isModelLoading: lane.loads > 0,
    };
  }

  /** A request takes a slot. */
  take(lane: Lane, slotId: number, now: number): void {
    lane.inFlight += 1;
    this.#nodeLoad(lane.nodeId).inFlight += 1;
    this.#inFlight += 1;
    lane.parallelism.begin(slotId, now);
  }

  /** It gives the slot back. */
  free(lane: Lane, slotId: number): void {
    lane.inFlight -= 1;
    this.#nodeLoad(lane.nodeId).inFlight -= 1;
    this.#inFlight -= 1;
    lane.parallelism.end(slotId);
  }

  /** A waiting request is expected there, or no longer. */
  expect(lane: Lane, difference: 1 | -1): void {
    lane.waiting += difference;
    this.#nodeLoad(lane.nodeId).waiting += difference;
  }

  /** A request that took a slot has to load the model first. */
  beginLoad(lane: Lane): void {
    lane.loads += 1;
    this.#nodeLoad(lane.nodeId).loads += 1;
  }

  endLoad(lane: Lane): void {
    lane.loads -= 1;
    this.#nodeLoad(lane.nodeId).loads -= 1;
  }

  /** What stands before a request that has just arrived: everybody who waits, but for one on the lane `besides`. */
  aheadOfNewcomer(besides?: Lane): Ahead {
    return {
      onLane: (key) => (this.#lanes.get(key)?.waiting ?? 0) - (besides?.key === key ? 1 : 0),
      onNode: (node) => (this.#nodes.get(node)?.waiting ?? 0) - (besides?.nodeId === node ? 1 : 0),
    };
  }

  /** Closes the lanes of a node that is gone for good; those where something still runs or waits stay. */
  forgetNode(node: NodeId): void {
    for (const lane of this.#lanes.values()) {
      if (lane.nodeId === node && lane.inFlight === 0 && lane.waiting === 0) this.#lanes.delete(lane.key);
    }
  }

  all(): readonly Lane[] {
    return [...this.#lanes.values()];
  }

  /** Requests holding a slot anywhere. */
  inFlight(): number {
    return this.#inFlight;
  }

  #open(holder: Holder): Lane {
    const { laneKey, node, backend, model } = holder;
    const { assumedParallelism, maxParallelism, firstByteMs } = this.#dependencies;
    const lane = createLane(
      { key: laneKey, nodeId: node.nodeId, backendId: backend.id, modelName: model.name },
      {
        assumed: assumedParallelism[backend.kind],
        max: maxParallelism,
        predictedFirstByteMs: () => firstByteMs(laneKey),
      },
    );
    this.#lanes.set(laneKey, lane);
    return lane;
  }

  #nodeLoad(node: NodeId): NodeLoad {
    let load = this.#nodes.get(node);
    if (load === undefined) {
      load = { inFlight: 0, waiting: 0, loads: 0 };
      this.#nodes.set(node, load);
    }
    return load;
  }
}
