import type { FastifyInstance, HTTPMethods } from "fastify";
import { HerdError } from "../domain/errors.ts";
import type { RouteClass } from "./access-policy.ts";

/** A route that clients of Ollama, of OpenAI and of the predecessor know and that this version does not serve. */
interface NotYet {
  readonly method: HTTPMethods;
  readonly url: string;
  /** What is missing, as a sentence names it. */
  readonly what: string;
  readonly access: RouteClass;
}

const using = (method: HTTPMethods, url: string, what: string): NotYet => ({ method, url, what, access: "use" });
const changing = (method: HTTPMethods, url: string, what: string): NotYet => ({ method, url, what, access: "change" });

const inference: readonly NotYet[] = [
  using("POST", "/api/transcribe", "speech to text"),
  using("POST", "/api/generate-image", "image generation"),
  using("GET", "/api/image-models", "image generation"),
  using("POST", "/api/embed-image", "embedding images"),
];

const operation: readonly NotYet[] = [
  using("GET", "/metrics", "metrics"),
  using("GET", "/docs", "the page of all routes"),
  using("GET", "/redoc", "the page of all routes"),
  using("GET", "/openapi.json", "the description of all routes"),
  using("GET", "/fleet/limits", "the list of limits"),
  changing("POST", "/fleet/pin", "pinning models"),
  changing("DELETE", "/fleet/pin/:model", "pinning models"),
];

const dashboardReads: Readonly<Record<string, string>> = {
  "/dashboard/events": "live events",
  "/dashboard/api/overview": "the overview",
  "/dashboard/api/trends": "trends",
  "/dashboard/api/models": "statistics of models",
  "/dashboard/api/usage": "usage statistics",
  "/dashboard/api/tags": "statistics of tags",
  "/dashboard/api/apps": "statistics of apps",
  "/dashboard/api/tags/daily": "statistics of tags",
  "/dashboard/api/apps/daily": "statistics of apps",
  "/dashboard/api/health": "health checks",
  "/dashboard/api/context-usage": "statistics of contexts",
  "/dashboard/api/recommendations": "recommendations",
  "/dashboard/api/model-management": "the management of models",
  "/dashboard/api/pinned-models": "pinned models",
  "/dashboard/api/briefing": "briefings",
  "/dashboard/api/briefing/history": "briefings",
  "/dashboard/api/image-stats": "statistics of images",
  "/dashboard/api/transcription-stats": "statistics of transcriptions",
};

const dashboardChanges: Readonly<Record<string, string>> = {
  "/dashboard/api/pull": "pulling models from the dashboard",
  "/dashboard/api/delete": "deleting models",
  "/dashboard/api/pinned-models": "pinning models",
};

/**
 * Answers every route that is known elsewhere and not served here with 501 and what is missing, in the dialect of its path,
 * so that it does not look like a typing error. Call it last: a route that is served already is left alone.
 */
export function addNotYetRoutes(server: FastifyInstance): void {
  const reads = Object.entries(dashboardReads).map(([url, what]) => using("GET", url, what));
  const changes = Object.entries(dashboardChanges).map(([url, what]) => changing("POST", url, what));
  for (const route of [...inference, ...operation, ...reads, ...changes]) addNotYet(server, route);
}

/** Told before the body is read: nobody needs it. */
function addNotYet(server: FastifyInstance, { method, url, what, access }: NotYet): void {
  if (server.hasRoute({ method, url })) return;
  const error = new HerdError("HERD_NOT_YET", what);
  server.route({
    method,
    url,
    config: { access },
    onRequest: (_request, _reply, done) => done(error),
    handler: () => Promise.reject(error),
  });
}
