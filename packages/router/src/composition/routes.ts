import { modelKey, type NodeId, nodeId } from "@herd/shared";
import type { FastifyInstance } from "fastify";
import { nobodyAhead } from "../admission/lane-book.ts";
import { dashboardAssets } from "../dashboard-api/assets.ts";
import { addSettingsRoutes } from "../dashboard-api/settings.ts";
import type { Candidate } from "../domain/candidate.ts";
import { modelKeyOf } from "../domain/model-name.ts";
import { addFleetRoutes } from "../fleet/api.ts";
import { fleetQueueOf } from "../fleet/views/queue-views.ts";
import { fleetStatusOf } from "../fleet/views/status-view.ts";
import { addNotYetRoutes } from "../http/not-yet-routes.ts";
import { HttpReplySink } from "../http/reply-sink.ts";
import { listRoutes } from "../http/route-list.ts";
import { bodyOf } from "../http/server.ts";
import type { Journey } from "../pipeline/journey.ts";
import { serveAnyHolder } from "../pipeline/serve-any-holder.ts";
import { servePull } from "../pipeline/serve-pull.ts";
import { type ServeUnload, serveRequest } from "../pipeline/serve-request.ts";
import { unloadEverywhere } from "../pipeline/unloading/unload-everywhere.ts";
import { viewOf } from "../pipeline/view-of.ts";
import { type AnthropicDoors, addAnthropicRoutes } from "../protocols/anthropic/plugin.ts";
import type { RouteDoors } from "../protocols/inference-route.ts";
import { addOllamaRoutes } from "../protocols/ollama/plugin.ts";
import { addOllamaDiskRoutes } from "../protocols/ollama/plugin-disk.ts";
import { standInShow } from "../protocols/ollama/stand-in-show.ts";
import { addOpenAiRoutes } from "../protocols/openai/plugin.ts";
import { addSpeechRoutes } from "../protocols/speech/plugin.ts";
import { herdVersion } from "../version.ts";
import { closedRoutes } from "./calls/closed-routes.ts";
import { addDashboard } from "./dashboard/add-dashboard.ts";
import { addDescription } from "./dashboard/description.ts";
import { type RouteSources, visibleIn } from "./dashboard/route-sources.ts";
import { decisionsOf, statusSources } from "./dashboard/status-sources.ts";
import { createSettingsDoors } from "./live/settings-doors.ts";
import { createDiskDoors } from "./pulls/disk-doors.ts";
import { createUnloadParts } from "./pulls/disk-parts.ts";
import { createUploadDoor } from "./server-parts.ts";

/** Adds every route to the server. */
export async function addRoutes(server: FastifyInstance, sources: RouteSources): Promise<void> {
  const { live, stores, log } = sources;
  const routes = listRoutes(server);
  addInferenceRoutes(server, sources);
  addFleet(server, sources);
  const fleet = visibleIn(sources);
  const heartbeatOf = (id: string) => sources.fleet.registry.record(nodeId(id))?.heartbeat;
  addSettingsRoutes(server, createSettingsDoors({ live, store: stores.settings, fleet, heartbeatOf, log }));
  await addDashboard(server, sources);
  addDescription(server, routes);
  await server.register(dashboardAssets({ directory: sources.dashboardDirectory }));
  addNotYetRoutes(server);
}

/** The routes of the three APIs. */
function addInferenceRoutes(server: FastifyInstance, sources: RouteSources): void {
  const { serving, fleet, settings } = sources;
  const doors = doorsOf(sources);
  const visible = visibleIn(sources);
  addOllamaRoutes(server, {
    ...doors,
    serveAnyHolder: anyHolderDoor(sources),
    servePull: (incoming, voice) => servePull({ parts: sources.pulls, incoming, voice }),
    fleet: visible,
    epochNow: fleet.clock.now,
    herdVersion,
  });
  addOllamaDiskRoutes(server, { ...doors, ...createDiskDoors(sources.disk) });
  const holdersOf = (model: string, withDemo: boolean) =>
    visible(withDemo).holders.get(modelKeyOf(model) ?? ("" as never)) ?? [];
  addOpenAiRoutes(server, {
    ...doors,
    fleet: visible,
    aliases: (withDemo) =>
      Object.entries(settings.modelAliases).map(([alias, model]) => ({ alias, holders: holdersOf(model, withDemo) })),
    holdersOf: (model, withDemo) =>
      holdersOf(serving.parts.aliasOf(model, { dialect: "openai", seesDemo: withDemo }), withDemo),
  });
  addSpeechRoutes(server, { ...doors, spool: createUploadDoor(settings) });
  addAnthropicRoutes(server, { ...doors, ...anthropicDoors(sources) });
}

/** How requests are served, and their replies written. */
function doorsOf(sources: RouteSources): RouteDoors {
  const { serving, fleet, settings, upkeep, log } = sources;
  const unloadParts = {
    ...createUnloadParts({ fleet, serving, ask: upkeep.ask, log }),
    candidatesFor: (journey: Journey) => holdersFor(sources, journey),
  };
  const unload: ServeUnload = (one, journey) => unloadEverywhere(one, journey, unloadParts);
  return {
    serve: closedRoutes(settings, (incoming, voice) => serveRequest({ parts: serving.parts, incoming, voice }, unload)),
    sinkOf: (reply) => new HttpReplySink(reply.raw, settings.clientStallS * 1000),
    bodyOf,
  };
}

/** Serves what any node with the model can answer; a request that costs a node nothing leaves no row. */
function anyHolderDoor(sources: RouteSources): RouteDoors["serve"] {
  const parts = { ...sources.serving.parts, record: () => undefined };
  const holders = {
    candidatesFor: (journey: Journey) => holdersFor(sources, journey),
    ownAnswer: ({ backend, model }: Candidate) =>
      backend.kind === "ollama" ? undefined : JSON.stringify(standInShow(model)),
    nextChange: sources.nextChange,
  };
  return (incoming, voice) => serveAnyHolder({ parts, incoming, voice }, holders);
}

/** What Anthropic's API has beside the pipeline. */
function anthropicDoors({ serving, settings }: RouteSources): Omit<AnthropicDoors, keyof RouteDoors> {
  const { aliasOf, keyOf, estimateTokens } = serving.parts;
  return {
    countTokens: ({ model, promptCharacters, imageCount, needed }, seesDemo) => {
      // A name that nothing stands behind is counted like a model of which nothing was learned.
      const key = keyOf(aliasOf(model, { dialect: "anthropic", seesDemo, needed })) ?? modelKey("");
      return estimateTokens(key, { characters: promptCharacters, images: imageCount });
    },
    isPinging: () => settings.anthropicPing,
    startTimer: (call, ms) => {
      const timer = setTimeout(call, ms);
      return () => clearTimeout(timer);
    },
  };
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
    .toSorted((a, b) => rankAsHolder(b) - rankAsHolder(a));
}

/** An Ollama knows its model best; one that has it in memory answers fastest. */
const rankAsHolder = ({ backend, model }: Candidate): number =>
  (backend.kind === "ollama" ? 2 : 0) + (model.loaded === undefined ? 0 : 1);

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

function removeNode({ fleet, stores }: RouteSources, id: NodeId): boolean {
  fleet.door.forget(id);
  stores.nodes.remove(id);
  return fleet.registry.remove(id);
}
