import { nodeId } from "@herd/shared";
import { addModelRoutes } from "../../dashboard-api/models/model-routes.ts";
import { addNodeRoutes, type NodeDoors } from "../../dashboard-api/models/node-routes.ts";
import { addPinRoutes } from "../../dashboard-api/models/pin-routes.ts";
import type { DashboardScope } from "../../dashboard-api/scope/dashboard-scope.ts";
import { stored } from "../../storage/storage-problem.ts";
import { shareAnswers } from "../../traces/reading/share-answers.ts";
import { deleteModel } from "../models/delete-model.ts";
import { managementView } from "../models/management-view.ts";
import { createPinDoors } from "../models/pin-doors.ts";
import { type RouteSources, visibleIn } from "./route-sources.ts";

/** Use is summed up over so many days, and that sum is shared by all who look for so long, ms. */
const USE_DAYS = 90;
const SHARED_MS = 10_000;

/** Adds the routes of models on nodes, pins and what an operator does to nodes. */
export function addModels(scope: DashboardScope, sources: RouteSources): void {
  const { stores, models } = sources;
  const ask = shareAnswers({ ask: stores.ask, keepMs: SHARED_MS });
  addModelRoutes(scope, {
    management: (withDemo) => viewManagement(sources, { ask, withDemo }),
    pull: models.pulls.pull,
    pullStream: models.pulls.stream,
    pulls: (withDemo) => sources.pullList.all(withDemo),
    cancelPull: (id) => sources.pullList.cancel(id),
    remove: (wish) => deleteModel(sources, wish),
    events: ({ days, ...question }) => {
      const since = Math.floor(sources.fleet.clock.now() / 1000 - days * 86_400);
      return ask("eventList", { ...question, since });
    },
  });
  addPinRoutes(scope, createPinDoors(sources));
  addNodeRoutes(scope, nodeDoors(sources));
}

interface Looking {
  readonly ask: RouteSources["stores"]["ask"];
  readonly withDemo: boolean;
}

async function viewManagement(sources: RouteSources, { ask, withDemo }: Looking): Promise<object> {
  const { fleet, advice, models } = sources;
  const now = fleet.clock.now() / 1000;
  // Whole hours, so that all who look within one have the same question.
  const since = Math.floor(now / 3600) * 3600 - USE_DAYS * 86_400;
  const use = ask("modelUse", { since, now: since + USE_DAYS * 86_400 });
  const [uses, { book }] = await Promise.all([use, advice.catalogue(), models.inventories.refresh()]);
  const { answeredAt } = models.inventories;
  const heartbeatOf = ({ nodeId: id }: { readonly nodeId: string }) => fleet.registry.record(nodeId(id))?.heartbeat;
  return managementView({ fleet: visibleIn(sources)(withDemo), uses, book, heartbeatOf, now, answeredAt });
}

function nodeDoors({ fleet, serving, stores, log }: RouteSources): NodeDoors {
  const { registry } = fleet;
  const cordon = (id: string, isCordoned: boolean): boolean => {
    const record = registry.record(nodeId(id));
    if (record === undefined) return false;
    // The demo leaves nothing behind.
    if (record.heartbeat.simulated !== true) stored(() => stores.nodeMarks.set(id, isCordoned));
    registry.cordon(nodeId(id), isCordoned);
    log.info({ node_id: id }, isCordoned ? "the node is drained by an operator" : "the node takes work again");
    return true;
  };
  return {
    drain: (id) => cordon(id, true),
    resume: (id) => cordon(id, false),
    remove: (id) => {
      const known = registry.snapshot().nodes.find((node) => node.nodeId === id);
      if (known === undefined) return undefined;
      stored(() => stores.nodeMarks.set(id, false));
      fleet.door.forget(nodeId(id));
      stores.nodes.remove(nodeId(id));
      registry.remove(nodeId(id));
      serving.book.forgetNode(nodeId(id));
      log.info({ node_id: id }, "the node was removed by an operator");
      return { wasReporting: known.status !== "offline" };
    },
  };
}
