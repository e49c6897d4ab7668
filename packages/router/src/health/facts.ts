import type { FleetSnapshot } from "../domain/fleet-snapshot.ts";
import type { NodeFacts } from "./facts/node-facts.ts";
import type { RouterFacts } from "./facts/router-facts.ts";
import type { TrafficFacts } from "./facts/traffic-facts.ts";

/** Everything that checks may know. Gathered once per run, frozen. */
export interface HealthFacts {
  /** Unix epoch ms. */
  readonly now: number;
  readonly fleet: FleetSnapshot;
  /** What is known of each node beyond the snapshot, by node id. */
  readonly nodes: ReadonlyMap<string, NodeFacts>;
  readonly router: RouterFacts;
  /** What requests told: the last hour, the last day, and what was usual before. */
  readonly traffic: TrafficFacts;
}
