import type { DashboardScope } from "../../dashboard-api/scope/dashboard-scope.ts";
import type { RouteSources } from "./route-sources.ts";

/** Adds the routes of models on nodes, pins and what an operator does to nodes. */
export function addModels(_scope: DashboardScope, _sources: RouteSources): void {
  // Its routes are added here.
}
