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
  /** All that run, and the newest that have ended. */
  readonly pulls: (withDemo: boolean) => readonly object[];
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
const managedModel = z.looseObject({
  name: z.string(),
  display_name: z.string(),
  category: z.string(),
  size_gb: z.number().describe("On disk, GiB"),
  parameter_size: z.string(),
  quantization: z.string(),
  digest: z.string().nullable(),
  modified_at: z.string().nullable().describe("As the node's Ollama tells it"),
  context_length: z.int().nullable().describe("Of what is in memory, tokens"),
  last_used: z.number().nullable(),
  days_unused: z.int().nullable(),
  total_requests: z.int(),
  loaded_in_vram: z.boolean(),
  unused: z.boolean().describe("Not used for 7 days, or never"),
});
const managedNode = z.looseObject({
  node_id: z.string(),
  status: z.string(),
  models: z.array(managedModel),
  total_size_gb: z.number(),
  disk_available_gb: z.number().nullable(),
  disk_total_gb: z.number().nullable(),
  answered_at: z.number().nullable().describe("When the node itself was last asked and answered; null: by its reports"),
});
const pullShape = z.object({
  id: z.string(),
  model: z.string(),
  node_id: z.string().describe("Empty until a node is chosen"),
  origin: z.enum(["dashboard", "auto", "client"]),
  status: z.string().describe("The node's last word; success, failed or cancelled at the end"),
  clients: z.int().describe("Callers that wait for it"),
  completed: z.number().describe("Bytes"),
  total: z.number().describe("Bytes of all layers told so far"),
  started_at: z.number(),
  ended_at: z.number().nullable(),
  error: z.string().nullable(),
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
      schema: {
        summary: "Pulls a model to a node, or to the best one",
        details:
          "With stream: true the answer is application/x-ndjson: the node's records as they come, a refusal as {error}. A pull of what is on its way to that node already joins it; the pull ends with the last of those who wait for it.",
        body: pullBody,
        response: answers,
      },
    },
    async ({ body }, reply) => {
      const wish = { model: body.model, nodeId: body.node_id };
      if (body.stream) {
        reply.type("application/x-ndjson");
        const { records, leave } = doors.pullStream(wish);
        if (reply.raw.destroyed) leave();
        else reply.raw.once("close", leave);
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
      schema: { summary: "Ends a pull for everybody who waits for it", body: cancelBody, response: { 200: cancelled } },
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
  const managed = z.object({ nodes: z.array(managedNode) });
  scope.get(
    "/dashboard/api/model-management",
    { schema: { summary: "Models on each node: size, use, whether loaded", response: { 200: managed } } },
    (request) => doors.management(request.isLoopback),
  );
  const pulls = z.object({ pulls: z.array(pullShape) });
  scope.get(
    "/dashboard/api/pulls",
    { schema: { summary: "Pulls that run or ran, whoever began them, newest first", response: { 200: pulls } } },
    (request) => ({ pulls: doors.pulls(request.isLoopback) }),
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
