import { z } from "zod";
import { HerdError } from "../../domain/errors.ts";
import type { DashboardScope } from "../scope/dashboard-scope.ts";

/** A benchmark as it is asked for; the predecessor's words for modes are understood. */
const startBody = z.strictObject({
  mode: z
    .enum(["quick", "full", "custom", "default", "smart"])
    .default("quick")
    .describe("quick (default): what is in memory; full (smart): what is on the disks, too; custom: what is named"),
  duration: z.number().min(1).max(3600).default(60).describe("Time for measuring each node, seconds"),
  model_types: z
    .array(z.enum(["llm", "embed", "image"]))
    .min(1)
    .max(3)
    .default(["llm"]),
  models: z.array(z.string().min(1).max(512)).max(50).default([]).describe("Only these"),
  nodes: z.array(z.string().min(1).max(128)).max(200).default([]).describe("Only these"),
  max_concurrency: z.int().min(1).max(64).default(16).describe("Most requests at once on one node and model"),
  output_tokens: z.int().min(1).max(4096).default(64).describe("Tokens that one chat may write"),
  pull: z.boolean().default(false).describe("Models that a chosen node lacks are pulled first"),
});

/** What a benchmark is started with. */
export type BenchmarkWish = z.output<typeof startBody>;

const run = z.looseObject({
  run_id: z.string().max(128),
  timestamp: z.number(),
  duration_s: z.number(),
  total_requests: z.int(),
  total_failures: z.int(),
});

/** A run made elsewhere, for example by the predecessor's program. */
const savedRun = run.extend({
  run_id: z.string().regex(/^[\w.-]{1,128}$/),
  duration_s: z.number().nonnegative(),
  total_requests: z.int().nonnegative(),
  total_failures: z.int().nonnegative(),
});

/** A run to keep. */
export type SavedRun = z.output<typeof savedRun>;

/** What became of a start. */
export type StartAnswer =
  | { readonly kind: "started"; readonly runId: string }
  | { readonly kind: "running"; readonly progress: object }
  | { readonly kind: "nothing"; readonly why: string };

/** A stored run. */
type Run = Readonly<Record<string, unknown>> & { readonly run_id: string };

/** What the routes of benchmarks are given. */
export interface BenchmarkDoors {
  readonly start: (wish: BenchmarkWish) => StartAnswer;
  readonly progress: () => object;
  readonly cancel: () => boolean;
  readonly list: (question: { readonly limit: number; readonly runId?: string }) => Promise<readonly Run[]>;
  readonly save: (run: SavedRun) => void;
  readonly compare: (before: Run, after: Run) => readonly object[];
  readonly csv: (runs: readonly Run[]) => string;
}

const PATH = "/dashboard/api/benchmarks";

/** Adds `/dashboard/api/benchmarks…`. */
export function addBenchmarkRoutes(scope: DashboardScope, doors: BenchmarkDoors): void {
  addReadingRoutes(scope, doors);
  const access = { access: "change" } as const;
  const saved = z.object({ status: z.string(), run_id: z.string() });
  scope.post(
    PATH,
    {
      config: access,
      schema: { summary: "Keeps a run that was made elsewhere", body: savedRun, response: { 200: saved } },
    },
    ({ body }) => {
      doors.save(body);
      return { status: "saved", run_id: body.run_id };
    },
  );
  const alreadyRunning = z.object({ error: z.string(), progress: z.looseObject({}) });
  const started = z.object({
    status: z.literal("started"),
    run_id: z.string(),
    mode: z.string(),
    duration: z.number(),
  });
  scope.post(
    `${PATH}/start`,
    {
      config: access,
      schema: { summary: "Starts a benchmark", body: startBody, response: { 200: started, 409: alreadyRunning } },
    },
    ({ body }, reply) => {
      const answer = doors.start(body);
      const { mode, duration, model_types } = body;
      switch (answer.kind) {
        case "started":
          return { status: "started", run_id: answer.runId, mode, duration, model_types };
        case "running":
          return reply.code(409).send({ error: "a benchmark is running", progress: answer.progress });
        case "nothing":
          throw new HerdError("HERD_BAD_REQUEST", answer.why);
      }
    },
  );
  scope.post(
    `${PATH}/cancel`,
    {
      config: access,
      schema: { summary: "Ends the running benchmark", response: { 200: z.object({ status: z.string() }) } },
    },
    () => ({ status: doors.cancel() ? "cancelled" : "not_running" }),
  );
}

const listQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  format: z.enum(["json", "csv"]).default("json"),
});
const compareQuery = z.strictObject({ before: z.string().max(128), after: z.string().max(128) });

function addReadingRoutes(scope: DashboardScope, doors: BenchmarkDoors): void {
  const progress = z.looseObject({ status: z.string(), phase: z.string() });
  scope.get(
    PATH,
    {
      schema: {
        summary: "Benchmark runs",
        querystring: listQuery,
        response: { 200: z.object({ data: z.array(run) }) },
      },
    },
    async ({ query }, reply) => {
      const runs = await doors.list({ limit: query.limit });
      if (query.format === "json") return { data: runs };
      reply.header("content-disposition", 'attachment; filename="benchmarks.csv"');
      return reply.type("text/csv; charset=utf-8").serializer(String).send(doors.csv(runs));
    },
  );
  scope.get(
    `${PATH}/progress`,
    { schema: { summary: "How far the running benchmark is", response: { 200: progress } } },
    () => doors.progress(),
  );
  scope.get(
    `${PATH}/compare`,
    {
      schema: {
        summary: "What differs between two runs",
        querystring: compareQuery,
        response: { 200: z.looseObject({ before: z.string(), after: z.string() }) },
      },
    },
    async ({ query }) => {
      const [before, after] = await Promise.all([oneRun(doors, query.before), oneRun(doors, query.after)]);
      return { before: before.run_id, after: after.run_id, differences: doors.compare(before, after) };
    },
  );
  scope.get(
    `${PATH}/:run_id`,
    {
      schema: {
        summary: "One benchmark run",
        params: z.object({ run_id: z.string().max(128) }),
        response: { 200: z.object({ data: run.nullable() }) },
      },
    },
    async ({ params }) => ({ data: (await doors.list({ limit: 1, runId: params.run_id }))[0] ?? null }),
  );
}

async function oneRun(doors: BenchmarkDoors, runId: string): Promise<Run> {
  const [found] = await doors.list({ limit: 1, runId });
  if (found === undefined) throw new HerdError("HERD_BAD_REQUEST", `no run '${runId}' is stored`);
  return found;
}
