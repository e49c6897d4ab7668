import { type DecisionsView, nodeId } from "@herd/shared";
import { visibleFleet } from "../../fleet/demo/visible-fleet.ts";
import type { StatusSources } from "../../fleet/views/status-view.ts";
import { breakerKeyOf } from "../../pipeline/learn-from.ts";
import { viewOfDecision } from "../../scheduling/stored-decision.ts";
import type { RouteSources } from "./route-sources.ts";

/** What the views of the fleet are made of; without the machines of the demo for callers elsewhere. */
export function statusSources(sources: RouteSources, withDemo: boolean): StatusSources {
  const { serving, fleet, settings, breakers, stores, models } = sources;
  const { registry, clock } = fleet;
  const all = registry.snapshot();
  const demo = new Set(all.nodes.flatMap((node) => (node.isSimulated ? [node.nodeId] : [])));
  const lanes = withDemo ? serving.book.all() : serving.book.all().filter((lane) => !demo.has(lane.nodeId));
  return {
    fleet: visibleFleet(all, withDemo),
    recordOf: (node) => registry.record(node.nodeId),
    breakerOf: (node, backend) => breakers.state(breakerKeyOf({ node, backend }), serving.parts.now()),
    isSimulated: (node) => demo.has(node),
    lanes,
    queueLimit: settings.queueLimit,
    waiting: serving.admission.waitingCount(),
    held: serving.admission.heldCount(),
    inFlight: lanes.reduce((sum, lane) => sum + lane.inFlight, 0),
    findings: [...stores.findings(), ...models.pins.notes()],
    now: clock.now(),
  };
}

/** The demo's own decisions are for callers on this machine. */
export function decisionsOf(
  { serving, fleet }: RouteSources,
  id: string,
  withDemo: boolean,
): DecisionsView | undefined {
  const known = id === "last" ? (serving.decisions.newest() ?? id) : id;
  const stored = serving.decisions.of(known);
  const isDemo = (node: string) => fleet.registry.record(nodeId(node))?.heartbeat.simulated === true;
  const isHidden = !withDemo && stored?.some((one) => [...one.places, ...one.rejected].some((at) => isDemo(at.nodeId)));
  if (stored === undefined || isHidden === true) return undefined;
  return { request_id: known, attempts: stored.map((one) => viewOfDecision(one)) };
}
