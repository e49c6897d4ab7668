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

const operation: readonly NotYet[] = [];

const dashboardReads: Readonly<Record<string, string>> = {};

const dashboardChanges: Readonly<Record<string, string>> = {};

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
    config: { access, isMissing: true },
    onRequest: (_request, _reply, done) => done(error),
    handler: () => Promise.reject(error),
  });
}
