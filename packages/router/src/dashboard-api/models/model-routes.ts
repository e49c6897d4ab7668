import type { Readable } from "node:stream";
import { z } from "zod";
import type { DashboardScope } from "../scope/dashboard-scope.ts";

/** What became of a change on a node. */
export type ChangeAnswer =
  | { readonly kind: "done"; readonly nodeId: string }
  | { readonly kind: "refused"; readonly status: number; readonly error: string; readonly hint?: string | undefined };

/** A pull that was asked for here. */
export interface PullWish {
  readonly model: string;
  readonly nodeId: string | undefined;
}

/** The records of a pull, and what ends it when its reader has left. */
export interface PullStream {
  readonly records: Readable;
  readonly leave: () => void;
}

/** What the routes of models on nodes are given. */
export interface ModelDoors {
  readonly management: (withDemo: boolean) => Promise<object>;
  readonly pull: (wish: PullWish) => Promise<ChangeAnswer>;
  /** The records of a pull as they come. */
  readonly pullStream: (wish: PullWish) => PullStream;
  readonly pulls: () => readonly object[];
  /** False when no such pull runs. */
  readonly cancelPull: (id: string) => boolean;
  readonly remove: (wish: {
    readonly model: string;
    readonly nodeId: string;
    readonly isForced: boolean;
  }) => Promise<ChangeAnswer>;
  readonly events: (question: EventQuestion) => Promise<readonly object[]>;
}

/** Which events are asked for. */
export interface EventQuestion {
  readonly days: number;
  readonly limit: number;
  readonly model?: string | undefined;
  readonly nodeId?: string | undefined;
}

export const modelName = z
  .string()
  .trim()
  .min(1)
  .max(512)
  .regex(/^[^\p{Cc}]+$/u, "has characters that no model's name has");
export const nodeName = z.string().trim().min(1).max(128);
const pullBody = z.strictObject({ model: modelName, node_id: nodeName.optional(), stream: z.boolean().default(false) });
const deleteBody = z.strictObject({ model: modelName, node_id: nodeName, force: z.boolean().default(false) });
const eventQuery = z.strictObject({
  days: z.coerce.number().min(0.01).max(3650).default(7),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  model: z.string().max(512).optional(),
  node_id: z.string().max(128).optional(),
});
const done = z.object({ ok: z.literal(true), node_id: z.string(), model: z.string() });
const refused = z.object({ ok: z.literal(false), error: z.string(), hint: z.string().optional() });
const answers = { 200: done, 400: refused, 404: refused, 409: refused, 502: refused, 503: refused, 507: refused };
const change = { access: "change" } as const;

/** Adds the routes that show and change what models lie on which node. */
export function addModelRoutes(scope: DashboardScope, doors: ModelDoors): void {
  addReadingRoutes(scope, doors);
  scope.post(
    "/dashboard/api/pull",
    {
      config: change,
      schema: { summary: "Pulls a model to a node, or to the best one", body: pullBody, response: answers },
    },
    async ({ body }, reply) => {
      const wish = { model: body.model, nodeId: body.node_id };
      if (body.stream) {
        reply.type("application/x-ndjson");
        const { records, leave } = doors.pullStream(wish);
        reply.raw.once("close", leave);
        return reply.send(records);
      }
      return tell(reply, await doors.pull(wish), body.model);
    },
  );
  const cancelled = z.object({ status: z.enum(["cancelled", "not_running"]) });
  const cancelBody = z.strictObject({ id: z.string().max(128) });
  scope.post(
    "/dashboard/api/pulls/cancel",
    {
      config: change,
      schema: { summary: "Ends a pull that was begun here", body: cancelBody, response: { 200: cancelled } },
    },
    ({ body }) => ({ status: doors.cancelPull(body.id) ? ("cancelled" as const) : ("not_running" as const) }),
  );
  scope.post(
    "/dashboard/api/delete",
    { config: change, schema: { summary: "Deletes a model from a node", body: deleteBody, response: answers } },
    async ({ body }, reply) => {
      const wish = { model: body.model, nodeId: body.node_id, isForced: body.force };
      return tell(reply, await doors.remove(wish), body.model);
    },
  );
}

interface Reply {
  code(status: number): Reply;
  send(content: object): unknown;
}

function tell(reply: object, answer: ChangeAnswer, model: string): unknown {
  const to = reply as Reply;
  if (answer.kind === "done") return to.send({ ok: true, node_id: answer.nodeId, model });
  const { status, error, hint } = answer;
  return to.code(status).send({ ok: false, error, ...(hint === undefined ? {} : { hint }) });
}

function addReadingRoutes(scope: DashboardScope, doors: ModelDoors): void {
  const managed = z.looseObject({
    nodes: z.array(z.looseObject({ node_id: z.string(), models: z.array(z.looseObject({ name: z.string() })) })),
  });
  scope.get(
    "/dashboard/api/model-management",
    { schema: { summary: "Models on each node: size, use, whether loaded", response: { 200: managed } } },
    (request) => doors.management(request.isLoopback),
  );
  const pulls = z.object({ pulls: z.array(z.looseObject({ id: z.string(), model: z.string(), status: z.string() })) });
  scope.get(
    "/dashboard/api/pulls",
    { schema: { summary: "Pulls that were begun here, newest first", response: { 200: pulls } } },
    () => ({ pulls: doors.pulls() }),
  );
  const events = z.object({
    events: z.array(z.looseObject({ event: z.string(), node_id: z.string(), model: z.string() })),
  });
  scope.get(
    "/dashboard/api/model-events",
    {
      schema: {
        summary: "What happened to models on nodes, newest first",
        querystring: eventQuery,
        response: { 200: events },
      },
    },
    async ({ query }) => ({
      events: await doors.events({ days: query.days, limit: query.limit, model: query.model, nodeId: query.node_id }),
    }),
  );
}
