import type { Breakers } from "../../dispatch/breaker.ts";
import type { BreakerState } from "../../domain/candidate.ts";
import type { FleetSnapshot, NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { visibleFleet } from "../../fleet/demo/visible-fleet.ts";
import type { NodeFacts } from "../../health/facts/node-facts.ts";
import type { RouterFacts } from "../../health/facts/router-facts.ts";
import type { TrafficFacts } from "../../health/facts/traffic-facts.ts";
import type { HealthFacts } from "../../health/facts.ts";
import { breakerKeyOf } from "../../pipeline/learn-from.ts";
import type { FleetParts } from "../fleet-parts.ts";
import type { ServingParts } from "../serving-parts.ts";
import { NodeWatch } from "./node-watch.ts";
import type { PortWatch } from "./port-watch.ts";

/** What the facts are gathered from. */
export interface FactSources {
  readonly fleet: FleetParts;
  readonly serving: ServingParts;
  readonly breakers: Breakers;
  readonly ports: PortWatch;
  readonly traffic: () => TrafficFacts;
  readonly router: () => RouterFacts;
  /** Last signs of machines that were stored, Unix epoch ms by node id. */
  readonly storedSigns: ReadonlyMap<string, number>;
}

/** Facts for those who do not see the demo, and, while there is one, for those who do. */
export interface GatheredFacts {
  readonly facts: HealthFacts;
  readonly withDemo: HealthFacts | undefined;
}

/** Builds what gathers everything that checks may know. It takes no longer than reading what is in memory. */
export function createFactGatherer(sources: FactSources): (now: number) => GatheredFacts {
  const watch = new NodeWatch();
  const { fleet, ports, traffic, router } = sources;
  return (now) => {
    const snapshot = fleet.registry.snapshot();
    ports.refresh(snapshot);
    watch.keepOnly(new Set(snapshot.nodes.map((node) => node.nodeId)));
    const inFlight = inFlightOf(sources.serving);
    const nodes = new Map<string, NodeFacts>();
    for (const node of snapshot.nodes) {
      const heartbeat = fleet.registry.record(node.nodeId)?.heartbeat;
      if (heartbeat === undefined) continue;
      const watched = watch.look({ node, heartbeat, inFlight: inFlight.get(node.nodeId) ?? 0, now });
      nodes.set(node.nodeId, { heartbeat, ...watched, ...useOf(sources, node) });
    }
    const showsDemo = snapshot.nodes.some((node) => node.isSimulated);
    const beside = { now, nodes, router: { ...router(), showsDemo }, traffic: traffic() };
    return { facts: { ...beside, fleet: visibleFleet(snapshot, false) }, withDemo: withDemoOf(snapshot, beside) };
  };
}

const withDemoOf = (fleet: FleetSnapshot, beside: Omit<HealthFacts, "fleet">): HealthFacts | undefined =>
  fleet.nodes.some((node) => node.isSimulated) ? { ...beside, fleet } : undefined;

function inFlightOf({ book }: ServingParts): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const lane of book.all()) sums.set(lane.nodeId, (sums.get(lane.nodeId) ?? 0) + lane.inFlight);
  return sums;
}

/** What using the machine showed. */
function useOf(
  { breakers, serving, ports, storedSigns }: FactSources,
  node: NodeSnapshot,
): Pick<NodeFacts, "lastSeenAt" | "openBreakers" | "ports"> {
  const openBreakers = new Map<string, BreakerState>();
  for (const backend of node.backends) {
    const state = breakers.state(breakerKeyOf({ node, backend }), serving.parts.now());
    if (state !== "closed") openBreakers.set(backend.id, state);
  }
  const origins = new Set(node.backends.map(({ route }) => route.origin));
  return {
    lastSeenAt: node.lastHeartbeatAt ?? storedSigns.get(node.nodeId),
    openBreakers,
    ports: [...origins].flatMap((origin) => ports.at(origin) ?? []),
  };
}
