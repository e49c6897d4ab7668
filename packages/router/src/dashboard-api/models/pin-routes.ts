import { z } from "zod";
import { HerdError } from "../../domain/errors.ts";
import type { DashboardScope } from "../scope/dashboard-scope.ts";
import { modelName, nodeName } from "./model-routes.ts";

/** What became of a pin. */
export type PinAnswer =
  | { readonly kind: "done"; readonly nodeId: string; readonly isReady: boolean; readonly tookMs: number | undefined }
  | {
      readonly kind: "refused";
      readonly status: 400 | 404 | 409 | 503;
      readonly error: string;
      readonly details?: object | undefined;
    };

/** A model that is to be pinned. */
export interface PinWish {
  readonly model: string;
  readonly nodeId: string | undefined;
  /** Answer when it is in memory. */
  readonly waits: boolean;
  readonly timeoutMs: number;
  /** Also where the pins together take most of the memory. */
  readonly isForced: boolean;
}

/** What the routes of pins are given. */
export interface PinDoors {
  readonly view: () => object;
  readonly perNode: () => Readonly<Record<string, readonly string[]>>;
  readonly pin: (wish: PinWish) => Promise<PinAnswer>;
  /** @param nodeId undefined: everywhere. Returns how many pins went. */
  readonly unpin: (model: string, nodeId: string | undefined) => number;
  /** The settings pin it, too, which no route takes away. */
  readonly isPinnedBySettings: (model: string) => boolean;
  readonly limits: () => object;
}

const change = { access: "change" } as const;
const error = z.looseObject({ ok: z.literal(false), error: z.string() });
const errors = { 400: error, 404: error, 409: error, 503: error };
const perNode = z.record(z.string(), z.array(z.string()));

/** Adds the routes of pinned models. */
export function addPinRoutes(scope: DashboardScope, doors: PinDoors): void {
  const view = z.object({ env_pins: z.array(z.string()), per_node: perNode, max_count: z.int() });
  scope.get(
    "/dashboard/api/pinned-models",
    { schema: { summary: "Models that are kept in memory", response: { 200: view } } },
    () => doors.view(),
  );
  const body = z.strictObject({ node_id: nodeName, model: modelName, pinned: z.boolean() });
  const answer = z.object({ ok: z.literal(true), per_node: perNode, note: z.string().optional() });
  scope.post(
    "/dashboard/api/pinned-models",
    {
      config: change,
      schema: { summary: "Pins a model on a node, or takes the pin away", body, response: { 200: answer, ...errors } },
    },
    async ({ body: { node_id: nodeId, model, pinned } }, reply) => {
      const wish = { model, nodeId, waits: false, timeoutMs: 0, isForced: false };
      const became = pinned ? await doors.pin(wish) : undefined;
      if (became?.kind === "refused") return tellRefusal(reply, became);
      if (!pinned) doors.unpin(model, nodeId);
      return { ok: true, per_node: doors.perNode(), ...(pinned ? {} : noteOf(doors, model)) };
    },
  );
  addFleetPins(scope, doors);
  scope.get(
    "/fleet/limits",
    {
      schema: {
        summary: "Limits of the fleet and how many models each node keeps",
        response: { 200: z.looseObject({}) },
      },
    },
    () => doors.limits(),
  );
}

const pinBody = z.strictObject({
  model: modelName,
  node_id: nodeName.optional(),
  wait: z.boolean().default(false),
  timeout_s: z.number().min(0).max(900).default(30),
  force: z.boolean().default(false),
});

function addFleetPins(scope: DashboardScope, doors: PinDoors): void {
  const pinned = z.looseObject({ ok: z.literal(true), model: z.string(), node_id: z.string(), ready: z.boolean() });
  scope.post(
    "/fleet/pin",
    {
      config: change,
      schema: { summary: "Pins a model and loads it", body: pinBody, response: { 200: pinned, ...errors } },
    },
    async ({ body }, reply) => {
      const became = await doors.pin({
        model: body.model,
        nodeId: body.node_id,
        waits: body.wait,
        timeoutMs: body.timeout_s * 1000,
        isForced: body.force,
      });
      if (became.kind === "refused") return tellRefusal(reply, became);
      const { nodeId, isReady, tookMs } = became;
      return {
        ok: true,
        model: body.model,
        node_id: nodeId,
        ready: isReady,
        ...(tookMs === undefined ? {} : { ready_after_ms: tookMs }),
      };
    },
  );
  // A rest, since names may have slashes in them.
  const query = z.strictObject({ node_id: nodeName.optional() });
  const unpinned = z.object({ ok: z.literal(true), model: z.string(), removed: z.int(), note: z.string().optional() });
  scope.delete(
    "/fleet/pin/*",
    {
      config: change,
      schema: { summary: "Takes a pin away", querystring: query, response: { 200: unpinned } },
    },
    (request) => {
      const model = modelIn((request.params as { readonly "*"?: unknown })["*"]);
      return { ok: true, model, removed: doors.unpin(model, request.query.node_id), ...noteOf(doors, model) };
    },
  );
}

const noteOf = (doors: PinDoors, model: string) =>
  doors.isPinnedBySettings(model) ? { note: "the setting pinned_models pins it still" } : {};

/** What stands at the end of a path has no name that a caller would know. */
function modelIn(rest: unknown): string {
  const read = modelName.safeParse(rest);
  if (read.success) return read.data;
  const why = read.error.issues[0]?.message ?? "cannot be read";
  throw new HerdError("HERD_BAD_REQUEST", `model: ${why}`, { field: "model" });
}

interface Reply {
  code(status: number): Reply;
  send(content: object): unknown;
}

const tellRefusal = (
  reply: object,
  { status, error: why, details }: Extract<PinAnswer, { kind: "refused" }>,
): unknown => (reply as Reply).code(status).send({ ok: false, error: why, ...details });
