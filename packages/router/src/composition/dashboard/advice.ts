import type { BriefingReading } from "../../briefing/briefing.run.ts";
import { addBriefingRoutes, type BriefingView } from "../../dashboard-api/advice/briefing-routes.ts";
import { addRecommendationRoutes } from "../../dashboard-api/advice/recommendation-routes.ts";
import type { DashboardScope } from "../../dashboard-api/scope/dashboard-scope.ts";
import type { RouteSources } from "./route-sources.ts";

/** Adds the routes of recommendations and briefings. */
export function addAdvice(scope: DashboardScope, { advice, fleet, settings, stores }: RouteSources): void {
  const { recommendations, pulls, briefing, kindOf } = advice;
  addRecommendationRoutes(scope, {
    read: recommendations.read,
    start: (items) => pulls.start(items),
    progress: () => pulls.progress(),
    cancel: () => pulls.cancel(),
    nodeKind: kindOf,
  });
  addBriefingRoutes(scope, {
    read: async (isWanted) =>
      viewOf(await briefing.read(isWanted), { isOn: settings.fleetIntelligence, now: fleet.clock.now() }),
    history: (limit) => stores.ask("briefings", { limit }),
  });
}

function viewOf(
  { briefing, goodUntil, isCached, isGenerating, error }: BriefingReading,
  { isOn, now }: { readonly isOn: boolean; readonly now: number },
): BriefingView {
  return {
    enabled: isOn,
    briefing: isOn ? briefing.text : null,
    plain_text: briefing.plain,
    model: briefing.model ?? null,
    generated_at: briefing.at / 1000,
    next_refresh_s: Math.max(0, Math.round((goodUntil - now) / 1000)),
    cached: isCached,
    generating: isGenerating,
    ...(error === undefined ? {} : { error }),
  };
}
