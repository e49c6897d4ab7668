import type { FastifyInstance } from "fastify";
import { prepareDashboardScope } from "../../dashboard-api/scope/dashboard-scope.ts";
import { bodyOf } from "../../http/server.ts";
import { addAdvice } from "./advice.ts";
import { addBenchmark } from "./benchmark.ts";
import { addHealth } from "./health.ts";
import { addLive } from "./live.ts";
import { addLog } from "./log.ts";
import { addMetrics } from "./metrics.ts";
import { addModels } from "./models.ts";
import { addRecords } from "./records.ts";
import type { RouteSources } from "./route-sources.ts";

const areas = [addRecords, addLive, addLog, addModels, addHealth, addAdvice, addBenchmark, addMetrics];

/** Adds everything that the dashboard and the command line ask for, in a scope of its own. */
export async function addDashboard(server: FastifyInstance, sources: RouteSources): Promise<void> {
  await server.register((inner, _options, done) => {
    const scope = prepareDashboardScope(inner, bodyOf);
    for (const add of areas) add(scope, sources);
    done();
  });
}
