import { join } from "node:path";
import { followLog, readLog } from "@herd/shared/log-file";
import { addLogRoutes } from "../../dashboard-api/log/log-routes.ts";
import type { DashboardScope } from "../../dashboard-api/scope/dashboard-scope.ts";
import type { RouteSources } from "./route-sources.ts";

/** Adds the route of the log. */
export function addLog(scope: DashboardScope, { settings }: RouteSources): void {
  const file = () => ({ directory: join(settings.dataDir, "logs"), name: "herd.jsonl" });
  addLogRoutes(scope, {
    read: (asked, lines) => readLog({ ...asked, ...file() }, lines),
    follow: (asked, following) => followLog({ ...asked, ...file() }, following),
  });
}
