import { z } from "zod";
import { HerdError } from "../../domain/errors.ts";
import type { DashboardScope } from "../scope/dashboard-scope.ts";

/** What an operator may do to a node; each is false when nobody knows such a node. */
export interface NodeDoors {
  readonly drain: (nodeId: string) => boolean;
  readonly resume: (nodeId: string) => boolean;
  /** Also tells whether it still reports, and so comes back by itself. */
  readonly remove: (nodeId: string) => { readonly wasReporting: boolean } | undefined;
}

const params = z.object({ id: z.string().min(1).max(128) });
const change = { access: "change" } as const;
const answer = z.looseObject({ status: z.string(), node_id: z.string() });

/** Adds what an operator may do to nodes. */
export function addNodeRoutes(scope: DashboardScope, doors: NodeDoors): void {
  const schemaOf = (summary: string) => ({ summary, params, response: { 200: answer } });
  scope.post(
    "/dashboard/api/nodes/:id/drain",
    { config: change, schema: schemaOf("The node takes no new work until it is resumed, also after restarts") },
    ({ params: { id } }) => known(doors.drain(id), id, { status: "draining", node_id: id }),
  );
  scope.post(
    "/dashboard/api/nodes/:id/resume",
    { config: change, schema: schemaOf("A drained node takes work again") },
    ({ params: { id } }) => known(doors.resume(id), id, { status: "resumed", node_id: id }),
  );
  scope.post(
    "/dashboard/api/nodes/:id/remove",
    { config: change, schema: schemaOf("Forgets a node; one that still reports comes back with its next report") },
    ({ params: { id } }) => {
      const removed = doors.remove(id);
      const note = "it still reports, and joins again with its next report: stop its herd-node, or drain it";
      return known(removed !== undefined, id, {
        status: "removed",
        node_id: id,
        ...(removed?.wasReporting === true ? { note } : {}),
      });
    },
  );
}

function known<Answer extends object>(isKnown: boolean, id: string, told: Answer): Answer {
  if (!isKnown) throw new HerdError("HERD_UNKNOWN_NODE", id);
  return told;
}
