import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import type { NodeFacts } from "../../health/facts/node-facts.ts";
import { type NodeSample, nodeSampleOf, withSample } from "../../health/facts/node-samples.ts";

/** What is remembered of a machine from look to look. */
interface Watched {
  samples: readonly NodeSample[];
  heardAt: number | undefined;
  pausedSince: number | undefined;
  /** Failed heartbeats in all as the agent last told, and when they grew by how many. */
  failuresTotal: number | undefined;
  failures: readonly { readonly at: number; readonly count: number }[];
}

/** What one look at a machine is made of. */
export interface NodeLook {
  readonly node: NodeSnapshot;
  readonly heartbeat: NodeFacts["heartbeat"];
  /** Requests of this router that run there. */
  readonly inFlight: number;
  /** Unix epoch ms. */
  readonly now: number;
}

const HOUR_MS = 3_600_000;

/** What it adds to the facts of a node. */
export type WatchedFacts = Pick<NodeFacts, "samples" | "pausedSince" | "failuresLastHour">;

/** Keeps the last minutes of every machine's readings: bounded per machine, and forgotten with it. */
export class NodeWatch {
  readonly #watched = new Map<string, Watched>();

  /** Takes what a machine shows now and gives what is remembered of it. */
  look({ node, heartbeat, inFlight, now }: NodeLook): WatchedFacts {
    const watched = this.#of(node.nodeId);
    const at = node.lastHeartbeatAt;
    if (at !== undefined && at !== watched.heardAt) {
      watched.heardAt = at;
      const { cpu, memory, gpus, thermal } = node;
      watched.samples = withSample(watched.samples, nodeSampleOf({ at, inFlight, cpu, memory, gpus, thermal }));
      countFailures(watched, heartbeat.connection_failures_total, now);
    }
    watched.pausedSince = node.capacity?.mode === "paused" ? (watched.pausedSince ?? now) : undefined;
    const failuresLastHour = watched.failures.reduce(
      (sum, { at: then, count }) => sum + (now - then < HOUR_MS ? count : 0),
      0,
    );
    return { samples: watched.samples, pausedSince: watched.pausedSince, failuresLastHour };
  }

  /** Forgets the machines that are not in the fleet any more. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of this.#watched.keys()) if (!ids.has(id)) this.#watched.delete(id);
  }

  #of(id: string): Watched {
    let watched = this.#watched.get(id);
    if (watched === undefined) {
      watched = { samples: [], heardAt: undefined, pausedSince: undefined, failuresTotal: undefined, failures: [] };
      this.#watched.set(id, watched);
    }
    return watched;
  }
}

/** The first count is where counting begins: what failed before may be this router's own absence. */
function countFailures(watched: Watched, total: number | undefined, now: number): void {
  if (total === undefined) return;
  const grown = watched.failuresTotal === undefined ? 0 : total - watched.failuresTotal;
  watched.failuresTotal = total;
  if (grown <= 0) return;
  watched.failures = [...watched.failures.filter(({ at }) => now - at < HOUR_MS), { at: now, count: grown }].slice(
    -100,
  );
}
