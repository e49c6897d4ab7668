import { type DecisionsView, type NodeId, nodeId } from "@herd/shared";
import type { FastifyInstance } from "fastify";
import { nobodyAhead } from "../admission/lane-book.ts";
import { dashboardAssets } from "../dashboard-api/assets.ts";
import { addTraceRoutes } from "../dashboard-api/traces.ts";
import type { Breakers } from "../dispatch/breaker.ts";
import type { Candidate } from "../domain/candidate.ts";
import { modelKeyOf } from "../domain/model-name.ts";
import { addFleetRoutes } from "../fleet/api.ts";
import { visibleFleet } from "../fleet/demo/visible-fleet.ts";
import { fleetQueueOf } from "../fleet/views/queue-views.ts";
import { fleetStatusOf, type StatusSources } from "../fleet/views/status-view.ts";
import { addNotYetRoutes } from "../http/not-yet-routes.ts";
import { HttpReplySink } from "../http/reply-sink.ts";
import { bodyOf } from "../http/server.ts";
import type { Journey } from "../pipeline/journey.ts";
import { breakerKeyOf } from "../pipeline/learn-from.ts";
import { serveAnyHolder } from "../pipeline/serve-any-holder.ts";
import { type PullParts, servePull } from "../pipeline/serve-pull.ts";
import { serveRequest } from "../pipeline/serve-request.ts";
import { viewOf } from "../pipeline/view-of.ts";
import type { RouteDoors } from "../protocols/inference-route.ts";
import { addOllamaRoutes } from "../protocols/ollama/plugin.ts";
import { addOpenAiRoutes } from "../protocols/openai/plugin.ts";
import { viewOfDecision } from "../scheduling/stored-decision.ts";
import type { RouterSettings } from "../settings/settings.ts";
import { herdVersion } from "../version.ts";
import type { FleetParts } from "./fleet-parts.ts";
import type { ServingParts } from "./serving-parts.ts";
import type { Stores } from "./stores.ts";

/** What the routes are wired to. */
export interface RouteSources {
  readonly settings: RouterSettings;
  readonly stores: Stores;
  readonly fleet: FleetParts;
  readonly serving: ServingParts;
  readonly breakers: Breakers;
  readonly pulls: PullParts;
  readonly dashboardDirectory: string;
  /** Resolves when the fleet has changed, or after this time at the latest, ms. */
  readonly nextChange: (withinMs: number) => Promise<undefined>;
}

/** Adds every route to the server. */
export async function addRoutes(server: FastifyInstance, sources: RouteSources): Promise<void> {
  const { serving, fleet, settings } = sources;
  const doors: RouteDoors = {
    serve: (incoming, voice) => serveRequest({ parts: serving.parts, incoming, voice }),
    sinkOf: (reply) => new HttpReplySink(reply.raw),
    bodyOf,
  };
  const visible = (withDemo: boolean) => visibleFleet(fleet.registry.snapshot(), withDemo);
  addOllamaRoutes(server, {
    ...doors,
    serveAnyHolder: (incoming, voice) => {
      const quiet = { ...serving.parts, record: () => undefined };
      const holders = {
        candidatesFor: (journey: Journey) => holdersFor(sources, journey),
        nextChange: sources.nextChange,
      };
      return serveAnyHolder({ parts: quiet, incoming, voice }, holders);
    },
    servePull: (incoming, voice) => servePull({ parts: sources.pulls, incoming, voice }),
    fleet: visible,
    epochNow: fleet.clock.now,
    herdVersion,
  });
  const holdersOf = (model: string, withDemo: boolean) =>
    visible(withDemo).holders.get(modelKeyOf(model) ?? ("" as never)) ?? [];
  addOpenAiRoutes(server, {
    ...doors,
    fleet: visible,
    aliases: (withDemo) =>
      Object.entries(settings.modelAliases).map(([alias, model]) => ({ alias, holders: holdersOf(model, withDemo) })),
    holdersOf: (model, withDemo) => holdersOf(serving.parts.aliasOf(model), withDemo),
  });
  addFleet(server, sources);
  addTraceRoutes(server, sources.stores.queries);
  await server.register(dashboardAssets({ directory: sources.dashboardDirectory }));
  addNotYetRoutes(server);
}

/** Holders that can be asked now: those with the model in memory first. */
function holdersFor({ serving }: RouteSources, journey: Journey): readonly Candidate[] {
  const applicant = {
    ...journey,
    holdMs: 0,
    codeAfterHold: journey.hold.codeAfter,
    mayReturn: true,
    onTurn: () => undefined,
  };
  return viewOf(serving.views, applicant, nobodyAhead)
    .candidates.filter(
      ({ node, backend, hasFailed }) =>
        node.status !== "offline" &&
        backend.reachability !== "unreachable" &&
        !hasFailed &&
        (!node.isSimulated || journey.facts.client.isLoopback),
    )
    .toSorted((a, b) => Number(b.model.loaded !== undefined) - Number(a.model.loaded !== undefined));
}

function addFleet(server: FastifyInstance, sources: RouteSources): void {
  const { fleet } = sources;
  const { clock, door, keys } = fleet;
  addFleetRoutes(server, {
    enter: (call) => door.enter(call),
    identity: () => ({
      product: "herd",
      router_version: herdVersion,
      public_key: keys.publicKey,
      router_time_ms: clock.now(),
    }),
    status: (withDemo) => fleetStatusOf(statusSources(sources, withDemo)),
    queue: (withDemo) => {
      const status = statusSources(sources, withDemo);
      return fleetQueueOf({
        ...status,
        nodesOnline: status.fleet.nodes.filter((node) => node.status === "online").length,
      });
    },
    decisions: (id, withDemo) => decisionsOf(sources, id, withDemo),
    removeNode: (id) => removeNode(sources, nodeId(id)),
    bodyOf,
    now: clock.now,
  });
}

/** What the views of the fleet are made of; without the machines of the demo for callers elsewhere. */
function statusSources(sources: RouteSources, withDemo: boolean): StatusSources {
  const { serving, fleet, settings, breakers, stores } = sources;
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
    findings: [...stores.findings()],
    now: clock.now(),
  };
}

/** The demo's own decisions are for callers on this machine. */
function decisionsOf({ serving, fleet }: RouteSources, id: string, withDemo: boolean): DecisionsView | undefined {
  const known = id === "last" ? (serving.decisions.newest() ?? id) : id;
  const stored = serving.decisions.of(known);
  const isDemo = (node: string) => fleet.registry.record(nodeId(node))?.heartbeat.simulated === true;
  const isHidden = !withDemo && stored?.some((one) => [...one.places, ...one.rejected].some((at) => isDemo(at.nodeId)));
  if (stored === undefined || isHidden === true) return undefined;
  return { request_id: known, attempts: stored.map((one) => viewOfDecision(one)) };
}

function removeNode({ fleet, stores }: RouteSources, id: NodeId): boolean {
  fleet.door.forget(id);
  stores.nodes.remove(id);
  return fleet.registry.remove(id);
}
