import type { DecisionsView, TraceView } from "@herd/shared";
import type { FastifyReply } from "fastify";
import { z } from "zod";
import { errorEntry } from "../../domain/errors.ts";
import type { DashboardScope } from "../scope/dashboard-scope.ts";
import { sendJson } from "../scope/send-json.ts";
import { attemptReasons } from "./attempt-reasons.ts";
import { searchOf, type TraceSearch, traceQuery } from "./trace-query.ts";
import { type StoredAttempt, traceShape, tracesShape } from "./trace-shapes.ts";
import { waterfallOf } from "./waterfall.ts";

/** The questions about stored requests. */
export interface TraceDoors {
  /** The bytes of a page's JSON: it may hold 1,000 requests. */
  readonly find: (search: TraceSearch) => Promise<Uint8Array>;
  /** One request with its attempts; undefined when none is stored. */
  readonly byRequest: (requestId: string) => Promise<StoredRequest | undefined>;
  /** The decisions of a request while they are kept. @param withDemo the caller sees the demo, too */
  readonly decisions: (requestId: string, withDemo: boolean) => DecisionsView | undefined;
}

interface StoredRequest {
  readonly trace: TraceView;
  readonly attempts: readonly StoredAttempt[];
}

const PATH = "/dashboard/api/traces";

/** Adds `/dashboard/api/traces` and `/dashboard/api/traces/ID`. */
export function addTraceRoutes(scope: DashboardScope, doors: TraceDoors): void {
  scope.get(
    PATH,
    {
      schema: {
        summary: "Stored requests by any filters, newest first, page by page",
        querystring: traceQuery,
        response: { 200: tracesShape },
      },
    },
    async ({ query, isLoopback }, reply) => sendJson(reply, await doors.find(searchOf(query, isLoopback))),
  );
  scope.get(
    `${PATH}/:id`,
    {
      schema: {
        summary: "One request: its attempts, where its time went, and why it went where it went",
        params: z.object({ id: z.string().max(512) }),
        response: { 200: traceShape },
      },
    },
    async ({ params, isLoopback }, reply) => {
      const found = await doors.byRequest(params.id);
      if (found === undefined || (found.trace.simulated && !isLoopback)) return tellUnknown(reply, params.id);
      return inspected(found, doors.decisions(params.id, isLoopback));
    },
  );
}

function inspected({ trace, attempts }: StoredRequest, kept: DecisionsView | undefined) {
  const decisions = kept?.attempts ?? null;
  return {
    trace,
    attempts,
    waterfall: waterfallOf(trace, attempts),
    why: attemptReasons(decisions, attempts),
    decisions,
  };
}

function tellUnknown(reply: FastifyReply, id: string): FastifyReply {
  const { code, status } = errorEntry("HERD_UNKNOWN_REQUEST");
  const body = { error: `no request '${id}' is stored`, code, hint: "See GET /dashboard/api/traces" };
  return reply.code(status).header("x-herd-error", code).send(body);
}
