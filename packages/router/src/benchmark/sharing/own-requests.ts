import type { FleetSnapshot, NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import type { NodeState } from "./node-guard.run.ts";

/** What tells a benchmark's own requests from those of others. */
export interface LoadSources {
  readonly fleet: () => FleetSnapshot;
  /** Requests running on a node now. */
  readonly activeOn: (node: string) => number;
  /** Requests waiting for a node now. */
  readonly waitingOn: (node: string) => number;
}

/** Neither gone, nor leaving, nor without a server that answers. */
const canServe = ({ status, isDraining, backends }: NodeSnapshot): boolean =>
  status !== "offline" && !isDraining && backends.some(({ reachability }) => reachability !== "unreachable");

/** The requests of a benchmark that are under way, by node. */
export class OwnRequests {
  readonly #sources: LoadSources;
  readonly #open = new Map<string, number>();

  constructor(sources: LoadSources) {
    this.#sources = sources;
  }

  /** One is sent; what is returned is called when it has ended. */
  readonly begin = (node: string): (() => void) => {
    this.#count(node, 1);
    return () => this.#count(node, -1);
  };

  /** Whether others want a node: there is more work than its own. */
  readonly stateOf = (id: string): NodeState => {
    const { fleet, activeOn, waitingOn } = this.#sources;
    const node = fleet().nodes.find(({ nodeId }) => nodeId === id);
    if (node === undefined || !canServe(node)) return "lost";
    return activeOn(id) + waitingOn(id) > (this.#open.get(id) ?? 0) ? "wanted" : "calm";
  };

  #count(node: string, difference: number): void {
    this.#open.set(node, (this.#open.get(node) ?? 0) + difference);
  }
}
