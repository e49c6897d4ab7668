import type { TraceView } from "@herd/shared";
import type { FastifyInstance, FastifyReply } from "fastify";
import { errorEntry } from "../domain/errors.ts";

/** The questions about stored requests. Limits are brought into their bounds by who answers. */
export interface TraceDoors {
  readonly recent: (question: RowsAsked) => readonly TraceView[];
  readonly failed: (question: RowsAsked) => readonly TraceView[];
  /** One request with its attempts; undefined when none is stored. */
  readonly byRequest: (requestId: string) => { readonly trace: TraceView } | undefined;
}

/** How many rows, and whether those of the demo, too: only callers on this machine see them. */
interface RowsAsked {
  readonly limit: number;
  readonly withSimulated: boolean;
}

const DEFAULT_LIMIT = 50;

/** `GET /dashboard/api/traces` (`limit`, `status=failed`) and `GET /dashboard/api/traces/ID`. */
export function addTraceRoutes(server: FastifyInstance, doors: TraceDoors): void {
  server.get<{ Querystring: { limit?: string; status?: string } }>("/dashboard/api/traces", (request, reply) => {
    const limit = request.query.limit === undefined ? DEFAULT_LIMIT : Number(request.query.limit);
    if (!Number.isInteger(limit) || limit < 1) return refuse(reply, "limit must be a whole number from 1 to 1000");
    const { status } = request.query;
    if (status !== undefined && status !== "failed") return refuse(reply, "status may be left out, or failed");
    const question = { limit, withSimulated: request.isLoopback };
    return { traces: status === "failed" ? doors.failed(question) : doors.recent(question) };
  });
  server.get<{ Params: { id: string } }>("/dashboard/api/traces/:id", (request, reply) => {
    const found = doors.byRequest(request.params.id);
    if (found !== undefined && (request.isLoopback || !found.trace.simulated)) return found;
    const entry = errorEntry("HERD_UNKNOWN_REQUEST");
    const body = {
      error: `no request '${request.params.id}' is stored`,
      code: entry.code,
      hint: "See GET /dashboard/api/traces",
    };
    return reply.code(entry.status).send(body);
  });
}

function refuse(reply: FastifyReply, sentence: string): FastifyReply {
  return reply.code(400).send({ error: sentence, code: "HERD_BAD_REQUEST", hint: "Correct the query" });
}
