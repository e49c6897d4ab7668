import type { DashboardScope } from "../../dashboard-api/scope/dashboard-scope.ts";
import type { RouteSources } from "./route-sources.ts";

/** Adds the routes of benchmark runs. */
export function addBenchmark(_scope: DashboardScope, _sources: RouteSources): void {
  // Its routes are added here.
}
