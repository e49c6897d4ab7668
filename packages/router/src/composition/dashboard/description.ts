import type { FastifyInstance } from "fastify";
import { addDescriptionRoutes } from "../../dashboard-api/description/description-routes.ts";
import type { ListedRoute } from "../../http/route-list.ts";
import { herdVersion } from "../../version.ts";

/** Adds the description of all routes. @param routes those of the server, also what is added later */
export function addDescription(server: FastifyInstance, routes: readonly ListedRoute[]): void {
  addDescriptionRoutes(server, { routes, version: herdVersion });
}
