import { z } from "zod";
import { HerdError } from "../../domain/errors.ts";
import { parseModelName } from "../../domain/model-name.ts";
import type { DashboardScope } from "../scope/dashboard-scope.ts";

/** One model that a node is to get. */
export interface WantedPull {
  readonly node_id: string;
  readonly model: string;
}

/** What is shown of a node's advice here. */
interface NodePlan {
  readonly node_id: string;
  readonly recommendations: readonly { readonly model: string; readonly already_available: boolean }[];
}

/** What the routes of recommendations are given. */
export interface RecommendationDoors {
  readonly read: (wish: {
    readonly isFresh: boolean;
    readonly withDemo: boolean;
  }) => Promise<{ readonly nodes: readonly NodePlan[] }>;
  /** Begins to pull; undefined while another plan is being pulled. */
  readonly start: (items: readonly WantedPull[]) => object | undefined;
  readonly progress: () => object;
  /** False when nothing runs. */
  readonly cancel: () => boolean;
  /** What a node is; `demo` ones take no real model. */
  readonly nodeKind: (node: string) => "real" | "demo" | "unknown";
}

const modelName = z.string().trim().min(1).max(512);
const nodeName = z.string().trim().min(1).max(128);

const applyBody = z
  .strictObject({
    node_id: nodeName.optional().describe("Everything that is recommended for this node and not there yet"),
    items: z
      .array(z.strictObject({ node_id: nodeName, model: modelName }))
      .min(1)
      .max(200)
      .optional(),
  })
  .refine(({ node_id, items }) => (node_id === undefined) !== (items === undefined), "give either node_id or items");

const recommendation = z.looseObject({
  model: z.string(),
  display_name: z.string(),
  category: z.string(),
  ram_gb: z.number(),
  quality_score: z.number().describe("0–100; what is not known counts as the lowest known number of its benchmark"),
  reason: z.string(),
  priority: z.enum(["high", "medium", "low"]),
  already_available: z.boolean(),
  size_gb: z.number().describe("Whole download, GiB"),
  disk_needed_gb: z.number(),
  licence: z.string().nullable(),
  expected_tokens_per_s: z.number().nullable(),
  speed_basis: z.enum(["measured", "scaled", "estimated", "unknown"]),
  confidence: z.enum(["high", "medium", "low"]),
  command: z.string().nullable(),
  undo: z.string().nullable(),
});

const advice = z.looseObject({
  nodes: z.array(
    z.looseObject({
      node_id: z.string(),
      simulated: z.literal(true).optional(),
      total_ram_gb: z.number().describe("Of the graphics cards where there are any"),
      usable_ram_gb: z.number(),
      current_models: z.array(z.string()),
      recommendations: z.array(recommendation),
      removals: z.array(z.looseObject({ model: z.string(), size_gb: z.number(), reason: z.string() })),
      disk_total_gb: z.number().nullable(),
      disk_available_gb: z.number().nullable().describe("After what is planned to be downloaded"),
      total_recommended_ram_gb: z.number(),
      ram_headroom_gb: z.number(),
      notes: z.array(z.string()),
    }),
  ),
  second_copies: z.array(z.looseObject({ model: z.string(), node_id: z.string(), reason: z.string() })),
  usage: z.looseObject({ total_requests_24h: z.int() }),
  fleet_summary: z.string(),
  uncovered_categories: z.array(z.string()),
  generated_at: z.number(),
  catalogue: z.looseObject({ date: z.string(), origin: z.enum(["built-in", "data-folder"]) }),
  cached: z.boolean(),
});

const progress = z.looseObject({
  job_id: z.string().nullable(),
  status: z.enum(["idle", "running", "complete", "failed", "cancelled"]),
  steps: z.array(z.looseObject({ node_id: z.string(), model: z.string(), status: z.string() })),
});

const BASE = "/dashboard/api/recommendations";

/** `GET /dashboard/api/recommendations`, and pulling what it recommends. */
export function addRecommendationRoutes(scope: DashboardScope, doors: RecommendationDoors): void {
  scope.get(
    BASE,
    {
      schema: {
        summary: "Which models each node should have, may lose and could take over",
        querystring: z.strictObject({ refresh: z.coerce.number().int().min(0).max(1).default(0) }),
        response: { 200: advice },
      },
    },
    ({ query, isLoopback }) => doors.read({ isFresh: query.refresh === 1, withDemo: isLoopback }),
  );
  scope.post(
    `${BASE}/apply`,
    {
      schema: { summary: "Pull what is recommended", body: applyBody, response: { 202: progress } },
      config: { access: "change" },
    },
    async ({ body }, reply) => {
      const started = doors.start(
        body.items === undefined ? await planOf(doors, body.node_id) : checked(doors, body.items),
      );
      if (started === undefined) throw new HerdError("HERD_PLAN_RUNNING", "");
      return reply.code(202).send(started);
    },
  );
  addProgressRoutes(scope, doors);
}

function addProgressRoutes(scope: DashboardScope, doors: RecommendationDoors): void {
  scope.get(
    `${BASE}/apply/progress`,
    { schema: { summary: "How the pulling of recommended models stands", response: { 200: progress } } },
    () => doors.progress(),
  );
  scope.post(
    `${BASE}/apply/cancel`,
    {
      schema: {
        summary: "Stop pulling recommended models",
        body: z.strictObject({}),
        response: { 200: z.object({ status: z.enum(["cancelled", "not_running"]) }) },
      },
      config: { access: "change" },
    },
    () => ({ status: doors.cancel() ? "cancelled" : "not_running" }),
  );
}

/** What is recommended for a node and not there yet. */
async function planOf(doors: RecommendationDoors, node: string | undefined): Promise<readonly WantedPull[]> {
  const known = checkedNode(doors, node ?? "");
  const { nodes } = await doors.read({ isFresh: false, withDemo: false });
  const found = nodes.find(({ node_id }) => node_id === known);
  if (found === undefined)
    throw new HerdError("HERD_BAD_REQUEST", `${known} is offline or leaving: nothing is recommended for it`, {
      field: "node_id",
    });
  const missing = found.recommendations.filter(({ already_available }) => !already_available);
  return missing.map(({ model }) => ({ node_id: known, model }));
}

function checked(doors: RecommendationDoors, items: readonly WantedPull[]): readonly WantedPull[] {
  for (const { node_id, model } of items) {
    checkedNode(doors, node_id);
    if (parseModelName(model).kind !== "name")
      throw new HerdError("HERD_BAD_REQUEST", `'${model.slice(0, 100)}' is no model name`, { field: "model" });
  }
  return [...new Map(items.map((item) => [`${item.node_id} ${item.model}`, item])).values()];
}

function checkedNode({ nodeKind }: RecommendationDoors, node: string): string {
  const kind = nodeKind(node);
  if (kind === "unknown") throw new HerdError("HERD_UNKNOWN_NODE", node, { field: "node_id" });
  if (kind === "demo")
    throw new HerdError("HERD_BAD_REQUEST", `${node} is a machine of the demo`, { field: "node_id" });
  return node;
}
