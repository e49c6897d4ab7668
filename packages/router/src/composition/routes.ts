import { type NodeId, nodeId } from "@herd/shared";
import type { FastifyInstance } from "fastify";
import { nobodyAhead } from "../admission/lane-book.ts";
import { dashboardAssets } from "../dashboard-api/assets.ts";
import { addTraceRoutes } from "../dashboard-api/traces.ts";
import type { Breakers } from "../dispatch/breaker.ts";
import type { Candidate } from "../domain/candidate.ts";
import { modelKeyOf } from "../domain/model-name.ts";
import { addFleetRoutes } from "../fleet/api.ts";
import { fleetQueueOf } from "../fleet/views/queue-views.ts";
import { fleetStatusOf } from "../fleet/views/status-view.ts";
import { HttpReplySink } from "../http/reply-sink.ts";
import { bodyOf } from "../http/server.ts";
import type { Journey } from "../pipeline/journey.ts";
import { breakerKeyOf } from "../pipeline/learn-from.ts";
import { serveAnyHolder } from "../pipeline/serve-any-holder.ts";
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
  const snapshot = () => fleet.registry.snapshot();
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
    fleet: snapshot,
    epochNow: fleet.clock.now,
    herdVersion,
  });
  const holdersOf = (model: string) => snapshot().holders.get(modelKeyOf(model) ?? ("" as never)) ?? [];
  addOpenAiRoutes(server, {
    ...doors,
    fleet: snapshot,
    aliases: () =>
      Object.entries(settings.modelAliases).map(([alias, model]) => ({ alias, holders: holdersOf(model) })),
    holdersOf: (model) => holdersOf(serving.parts.aliasOf(model)),
  });
  addFleet(server, sources);
  addTraceRoutes(server, sources.stores.queries);
  await server.register(dashboardAssets({ directory: sources.dashboardDirectory }));
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
        node.status !== "offline" && backend.reachability !== "unreachable" && !hasFailed,
    )
    .toSorted((a, b) => Number(b.model.loaded !== undefined) - Number(a.model.loaded !== undefined));
}

function addFleet(server: FastifyInstance, sources: RouteSources): void {
  const { serving, fleet, settings, breakers } = sources;
  const { registry, clock, door, keys } = fleet;
  const totals = () => ({
    lanes: serving.book.all(),
    queueLimit: settings.queueLimit,
    waiting: serving.admission.waitingCount(),
    held: serving.admission.heldCount(),
    inFlight: serving.book.inFlight(),
    now: clock.now(),
  });
  addFleetRoutes(server, {
    enter: (call) => door.enter(call),
    identity: () => ({
      product: "herd",
      router_version: herdVersion,
      public_key: keys.publicKey,
      router_time_ms: clock.now(),
    }),
    status: () =>
      fleetStatusOf({
        ...totals(),
        fleet: registry.snapshot(),
        recordOf: (node) => registry.record(node.nodeId),
        breakerOf: (node, backend) => breakers.state(breakerKeyOf({ node, backend }), serving.parts.now()),
      }),
    queue: () =>
      fleetQueueOf({
        ...totals(),
        nodesOnline: registry.snapshot().nodes.filter((node) => node.status === "online").length,
      }),
    decisions: (id) => {
      const known = id === "last" ? (serving.decisions.newest() ?? id) : id;
      const stored = serving.decisions.of(known);
      return stored === undefined
        ? undefined
        : { request_id: known, attempts: stored.map((one) => viewOfDecision(one)) };
    },
    removeNode: (id) => removeNode(sources, nodeId(id)),
    bodyOf,
    now: clock.now,
  });
}

function removeNode({ fleet, stores }: RouteSources, id: NodeId): boolean {
  fleet.door.forget(id);
  stores.nodes.remove(id);
  return fleet.registry.remove(id);
}
