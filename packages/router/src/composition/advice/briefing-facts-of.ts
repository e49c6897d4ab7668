import type { BriefingFacts, FindingInBrief } from "../../briefing/briefing-facts.ts";
import { visibleFleet } from "../../fleet/demo/visible-fleet.ts";
import type { FleetParts } from "../fleet-parts.ts";
import type { ServingParts } from "../serving-parts.ts";

/** What the facts of a briefing are gathered from. */
export interface BriefingSources {
  readonly fleet: FleetParts;
  readonly serving: ServingParts;
  readonly traffic: (nowS: number) => Promise<BriefingFacts["traffic"]>;
  /** What is wrong now, the worst first. */
  readonly findings: () => readonly FindingInBrief[];
}

/** Models that are named. */
const MOST_MODELS = 200;

/** Gathers what a briefing is made of. The demo is no part of it. */
export async function briefingFactsOf({ fleet, serving, traffic, findings }: BriefingSources): Promise<BriefingFacts> {
  const told = await traffic(fleet.clock.now() / 1000);
  const { nodes } = visibleFleet(fleet.registry.snapshot(), false);
  const real = new Set<string>(nodes.map(({ nodeId }) => nodeId));
  const lanes = serving.book.all().filter(({ nodeId }) => real.has(nodeId));
  const loaded = nodes.flatMap(({ backends, status }) =>
    status === "offline" ? [] : backends.flatMap(({ models }) => [...models.values()].filter((model) => model.loaded)),
  );
  return {
    nodes: nodes.map(({ nodeId, status }) => ({ id: nodeId, status })),
    loaded_models: [...new Set(loaded.map(({ name }) => name))].toSorted().slice(0, MOST_MODELS),
    in_flight: lanes.reduce((sum, lane) => sum + lane.inFlight, 0),
    waiting: serving.admission.waitingCount() + serving.admission.heldCount(),
    traffic: told,
    findings: findings(),
  };
}
