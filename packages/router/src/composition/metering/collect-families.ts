import type { Breakers } from "../../dispatch/breaker.ts";
import type { EnergyMeter } from "../../energy/energy-meter.ts";
import { visibleFleet } from "../../fleet/demo/visible-fleet.ts";
import type { LearnedSpeedsBook } from "../../fleet/speeds/learned-speeds.ts";
import { energyFamilies } from "../../metrics/energy-families.ts";
import { type Family, keepPoints, type Labels } from "../../metrics/family.ts";
import { fleetFamilies } from "../../metrics/fleet-families.ts";
import { cleanLabel } from "../../metrics/label-book.ts";
import type { ProcessWatch } from "../../metrics/process-reading.ts";
import type { RequestAccounts } from "../../metrics/request-accounts.ts";
import { requestFamilies } from "../../metrics/request-families.ts";
import { type LaneReading, type RouterReadings, routerFamilies } from "../../metrics/router-families.ts";
import { breakerKeyOf } from "../../pipeline/learn-from.ts";
import type { RouterSettings } from "../../settings/settings.ts";
import { herdVersion } from "../../version.ts";
import type { FleetParts } from "../fleet-parts.ts";
import type { ServingParts } from "../serving-parts.ts";
import type { Stores } from "../stores.ts";
import type { PullCounts } from "./count-pulls.ts";

/** Everything that numbers are taken from. */
export interface CollectSources {
  readonly settings: RouterSettings;
  readonly stores: Pick<Stores, "traces" | "energy">;
  readonly fleet: Pick<FleetParts, "registry" | "clock">;
  readonly serving: ServingParts;
  readonly breakers: Breakers;
  readonly speeds: LearnedSpeedsBook;
  readonly pullCounts: PullCounts;
  /** Listeners of the live events; absent where nobody counts them. */
  readonly listeners?: (() => number) | undefined;
  readonly accounts: RequestAccounts;
  readonly energy: EnergyMeter;
  readonly process: ProcessWatch;
}

/** Everything that is measured now; without a trace of the demo for readers elsewhere. */
export function collectFamilies(sources: CollectSources, withDemo: boolean): readonly Family[] {
  const all = measure(sources, withDemo);
  if (withDemo) return all;
  const demo = new Set<string>([
    ...sources.fleet.registry.snapshot().nodes.flatMap((node) => (node.isSimulated ? [node.nodeId] : [])),
    // Those that have left: what they did is still counted.
    ...sources.accounts.nodes.all().flatMap(({ isDemo, node }) => (isDemo ? [node] : [])),
  ]);
  const isReal = ({ labels }: { readonly labels: Labels }): boolean =>
    labels["traffic"] !== "demo" && !demo.has(labels["node"] ?? labels["server.address"] ?? "");
  return all.map((family) => keepPoints(family, isReal));
}

function measure(sources: CollectSources, withDemo: boolean): readonly Family[] {
  const { settings, fleet, breakers, serving, accounts, energy } = sources;
  const visible = visibleFleet(fleet.registry.snapshot(), withDemo);
  const mostNodes = settings.metricNodes;
  energy.sweep(fleet.registry.snapshot().nodes, serving.parts.now());
  return [
    ...requestFamilies(accounts),
    ...fleetFamilies({
      fleet: visible,
      now: fleet.clock.now(),
      breakerOf: (node, backend) => breakers.state(breakerKeyOf({ node, backend }), serving.parts.now()),
      mostNodes,
    }),
    ...routerFamilies(routerReadings(sources)),
    ...energyFamilies(energy.nodes().slice(0, mostNodes)),
  ];
}

function routerReadings(sources: CollectSources): RouterReadings {
  const { serving, stores, pullCounts, process, listeners } = sources;
  const { book, admission } = serving;
  return {
    version: herdVersion,
    inFlight: book.inFlight(),
    waiting: admission.waitingCount(),
    held: admission.heldCount(),
    lanes: lanesOf(sources),
    traces: stores.traces.counts(),
    pulls: pullCounts.read(),
    process: process.read(),
    listeners: listeners?.(),
  };
}

/**
 * Lanes that were ever used, the busy ones first: to decide opens one for every node that has the model. Those of nodes and
 * models that are gone are told no more.
 */
function lanesOf({ serving, speeds, fleet }: CollectSources): readonly LaneReading[] {
  const holders = [...fleet.registry.snapshot().holders.values()].flat();
  const held = new Set(holders.map(({ laneKey }) => laneKey));
  const used = serving.book.all().filter(({ inFlight, waiting, completed, failed, key }) => {
    if (inFlight + waiting > 0) return true;
    return held.has(key) && (completed + failed > 0 || speeds.of(key).samples > 0);
  });
  // Two names that look alike once they are clean would be told twice under one label.
  const byLabel = new Map(used.map((lane) => [`${lane.nodeId} ${lane.backendId} ${cleanLabel(lane.modelName)}`, lane]));
  return [...byLabel.values()]
    .toSorted((one, other) => other.inFlight + other.waiting - one.inFlight - one.waiting)
    .map(({ nodeId, backendId, modelName, inFlight, waiting, parallelism, key }) => ({
      node: nodeId,
      backend: backendId,
      model: modelName,
      inFlight,
      waiting,
      slots: Math.max(parallelism.provenLimit(), inFlight, 1),
      learned: speeds.of(key),
    }));
}
