import type { TraceView } from "@herd/shared";
import type { FastifyReply } from "fastify";
import type { z } from "zod";
import type { DashboardScope } from "../scope/dashboard-scope.ts";
import { sendJson } from "../scope/send-json.ts";
import { type ContextSizes, contextUse, type ModelContext } from "./context-use.ts";
import { type AskedSpan, countedSpan, daysQuery, hoursQuery, onlyDaysQuery, spanOf } from "./span-query.ts";
import {
  contextUsageShape,
  imageStatsShape,
  modelsShape,
  overviewShape,
  tagDaysShape,
  tagsShape,
  transcriptionStatsShape,
  trendsShape,
  usageShape,
} from "./usage-shapes.ts";

/** Requests of one kind of the last day. */
interface KindStats {
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly avg_ms: number | null;
  readonly by_node: Readonly<Record<string, number>>;
  readonly by_model: Readonly<Record<string, number>>;
}

type Kind = "image" | "transcribe";

/** A span, and the members that stand before those of the answer. */
interface HeadedSpan extends AskedSpan {
  readonly head: Readonly<Record<string, number>>;
}

/** The bytes of an answer's JSON: they may be many, and whoever made them wrote them as well. */
type Written = (span: HeadedSpan) => Promise<Uint8Array>;

/** What the statistics are made of. Real work only; everything is summed up beforehand. */
export interface UsageDoors {
  /** @param now Unix epoch seconds */
  readonly overview: (now: number) => Promise<z.output<typeof overviewShape>>;
  readonly trends: Written;
  readonly models: Written;
  readonly usage: Written;
  readonly tags: Written;
  readonly tagDays: Written;
  readonly contextSizes: (span: AskedSpan) => Promise<readonly (ContextSizes & Sizes)[]>;
  /** @param withDemo the caller sees the machines of the demo, too */
  readonly contextOf: (model: string, withDemo: boolean) => ModelContext;
  /** @param since Unix epoch seconds */
  readonly kindStats: (kind: Kind, since: number) => Promise<KindStats>;
  readonly newestOf: (kind: Kind, since: number) => Promise<readonly TraceView[]>;
  /** Unix epoch ms. */
  readonly now: () => number;
}

type Sizes = Pick<
  z.output<typeof contextUsageShape>["models"][number],
  "model" | "request_count" | "prompt_tokens" | "total_tokens"
>;

const API = "/dashboard/api";

/** Adds what was used, by time, model, node and tag. */
export function addUsageRoutes(scope: DashboardScope, doors: UsageDoors): void {
  addTotals(scope, doors);
  addTagRoutes(scope, doors, "tags");
  addTagRoutes(scope, doors, "apps");
  addContextUsage(scope, doors);
  addKindStats(scope, doors);
}

function addTotals(scope: DashboardScope, doors: UsageDoors): void {
  scope.get(`${API}/overview`, { schema: { summary: "All real work, ever", response: { 200: overviewShape } } }, () =>
    doors.overview(Math.floor(doors.now() / 1000)),
  );
  scope.get(
    `${API}/trends`,
    { schema: { summary: "Real work per UTC hour", querystring: hoursQuery, response: { 200: trendsShape } } },
    async ({ query }, reply) => {
      const span = spanOf(query, doors.now());
      return sendJson(reply, await doors.trends({ ...span, head: { hours: query.hours, ...countedSpan(span) } }));
    },
  );
  scope.get(
    `${API}/models`,
    {
      schema: {
        summary: "Real work per model: by UTC day, and in all of the span",
        querystring: daysQuery,
        response: { 200: modelsShape },
      },
    },
    ({ query }, reply) => answerSpan({ query, reply, now: doors.now() }, doors.models),
  );
  scope.get(
    `${API}/usage`,
    {
      schema: {
        summary: "Real work per node, model and UTC day",
        querystring: daysQuery,
        response: { 200: usageShape },
      },
    },
    ({ query }, reply) => answerSpan({ query, reply, now: doors.now() }, doors.usage),
  );
}

/** `tags` and `apps` are one thing under two names. */
function addTagRoutes(scope: DashboardScope, doors: UsageDoors, name: "tags" | "apps"): void {
  scope.get(
    `${API}/${name}`,
    {
      schema: {
        summary: "Real work per tag; a request counts under each of its tags",
        querystring: daysQuery,
        response: { 200: tagsShape },
      },
    },
    ({ query }, reply) => answerSpan({ query, reply, now: doors.now() }, doors.tags),
  );
  scope.get(
    `${API}/${name}/daily`,
    { schema: { summary: "Real work per tag and UTC day", querystring: daysQuery, response: { 200: tagDaysShape } } },
    ({ query }, reply) => answerSpan({ query, reply, now: doors.now() }, doors.tagDays),
  );
}

interface AskedDays {
  readonly query: z.output<typeof daysQuery>;
  readonly reply: FastifyReply;
  /** Unix epoch ms. */
  readonly now: number;
}

async function answerSpan({ query, reply, now }: AskedDays, ask: Written): Promise<FastifyReply> {
  const span = spanOf(query, now);
  return sendJson(reply, await ask({ ...span, head: { days: query.days, ...countedSpan(span) } }));
}

function addContextUsage(scope: DashboardScope, doors: UsageDoors): void {
  scope.get(
    `${API}/context-usage`,
    {
      schema: {
        summary: "How much of their context the models' requests take, by UTC days",
        querystring: onlyDaysQuery,
        response: { 200: contextUsageShape },
      },
    },
    async ({ query, isLoopback }) => {
      const sizes = await doors.contextSizes(spanOf(query, doors.now()));
      return { days: query.days, models: sizes.map((one) => contextUse(one, doors.contextOf(one.model, isLoopback))) };
    },
  );
}

const DAY_S = 86_400;
const day = "of the last 24 hours (whole UTC hours)";

function addKindStats(scope: DashboardScope, doors: UsageDoors): void {
  scope.get(
    `${API}/image-stats`,
    { schema: { summary: `Generated images ${day}`, response: { 200: imageStatsShape } } },
    async () => {
      const { avg_ms, ...stats } = await kindStats(doors, "image");
      return { ...stats, avg_generation_ms: avg_ms };
    },
  );
  scope.get(
    `${API}/transcription-stats`,
    { schema: { summary: `Transcriptions ${day}`, response: { 200: transcriptionStatsShape } } },
    async () => {
      const { avg_ms, ...stats } = await kindStats(doors, "transcribe");
      return { ...stats, avg_processing_ms: avg_ms };
    },
  );
}

async function kindStats(doors: UsageDoors, kind: Kind) {
  const since = Math.floor(doors.now() / 1000) - DAY_S;
  const stats = await doors.kindStats(kind, since);
  const newest = stats.total === 0 ? [] : await doors.newestOf(kind, since);
  return { ...stats, recent: newest.map(recentView) };
}

const recentView = ({ request_id, timestamp, model, node_id, status, latency_ms, error_message }: TraceView) => ({
  request_id,
  timestamp,
  model,
  node_id,
  status,
  latency_ms,
  error_message,
});
