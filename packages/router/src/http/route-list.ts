import type { FastifyInstance, FastifySchema } from "fastify";
import type { RouteClass } from "./access-policy.ts";

/** A route that the server has. */
export interface ListedRoute {
  readonly method: string;
  /** Its parameters as `:name`, any rest as `*`. */
  readonly url: string;
  readonly access: RouteClass;
  /** Zod schemas, where it has any. */
  readonly schema: FastifySchema | undefined;
  /** It only tells that this version does not serve it. */
  readonly isMissing: boolean;
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** The route only tells that this version does not serve it. */
    readonly isMissing?: boolean;
  }
}

/** Lists the routes of a server from now on. The list grows until the server listens. */
export function listRoutes(server: FastifyInstance): readonly ListedRoute[] {
  const routes: ListedRoute[] = [];
  server.addHook("onRoute", ({ method, url, schema, config }) => {
    const shared = { url, access: config?.access ?? "use", schema, isMissing: config?.isMissing === true } as const;
    for (const one of [method].flat()) routes.push({ method: one, ...shared });
  });
  return routes;
}
