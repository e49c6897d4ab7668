import { addTraceRoutes } from "../../dashboard-api/records/trace-routes.ts";
import { addUsageRoutes, type UsageDoors } from "../../dashboard-api/records/usage-routes.ts";
import type { DashboardScope } from "../../dashboard-api/scope/dashboard-scope.ts";
import type { FleetSnapshot } from "../../domain/fleet-snapshot.ts";
import { modelKeyOf } from "../../domain/model-name.ts";
import { shareAnswers } from "../../traces/reading/share-answers.ts";
import { type RouteSources, visibleIn } from "./route-sources.ts";
import { decisionsOf } from "./status-sources.ts";

/** Adds the routes of stored requests and what was used. */
export function addRecords(scope: DashboardScope, sources: RouteSources): void {
  const { ask } = sources.stores;
  addTraceRoutes(scope, {
    find: (search) => ask("tracePage", search),
    byRequest: (requestId) => ask("byRequest", requestId),
    decisions: (requestId, withDemo) => decisionsOf(sources, requestId, withDemo),
  });
  addUsageRoutes(scope, usageDoors(sources));
}

/** Sums do not get old in this time, and several pages often ask at once, ms. */
const SHARED_MS = 300;
const NEWEST = 10;

function usageDoors(sources: RouteSources): UsageDoors {
  const { stores, fleet, settings } = sources;
  const ask = shareAnswers({ ask: stores.ask, keepMs: SHARED_MS });
  const visible = visibleIn(sources);
  return {
    overview: (now) => ask("overview", { now }),
    trends: (span) => ask("trends", span),
    models: (span) => ask("modelUsage", span),
    usage: (span) => ask("nodeUsage", span),
    tags: (span) => ask("tagUsage", span),
    tagDays: (span) => ask("tagDays", span),
    contextSizes: ({ from, now }) => ask("contextSizes", { from, now }),
    contextOf: (model, withDemo) => contextOf(model, { fleet: visible(withDemo), overrides: settings.numCtxOverrides }),
    kindStats: (kind, since) => ask("kindUsage", { kind, since }),
    newestOf: async (kind, since) => {
      const search = { kind, since, limit: NEWEST, traffic: "real", withSimulated: false } as const;
      return (await ask("traces", search)).traces;
    },
    now: fleet.clock.now,
  };
}

interface ContextSources {
  readonly fleet: FleetSnapshot;
  readonly overrides: Readonly<Record<string, number>>;
}

/** The contexts of a model now, whatever the spelling of its name. */
function contextOf(model: string, { fleet, overrides }: ContextSources) {
  const key = modelKeyOf(model);
  const holders = key === undefined ? [] : (fleet.holders.get(key) ?? []);
  const allocated = Math.max(0, ...holders.map((holder) => holder.model.loaded?.contextLength ?? 0));
  const override = Object.entries(overrides).find(([name]) => modelKeyOf(name) === key)?.[1];
  return { allocated: allocated === 0 ? undefined : allocated, override };
}
