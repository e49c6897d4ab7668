import type { DashboardScope } from "../../dashboard-api/scope/dashboard-scope.ts";
import type { RouteSources } from "./route-sources.ts";

/** Adds the routes of stored requests and what was used. */
export function addRecords(_scope: DashboardScope, _sources: RouteSources): void {
  // Its routes are added here.
}
