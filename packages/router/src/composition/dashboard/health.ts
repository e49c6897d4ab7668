import { addHealthChecks, type HealthDoors } from "../../dashboard-api/health/routes.ts";
import type { DashboardScope } from "../../dashboard-api/scope/dashboard-scope.ts";
import { plainText } from "../../health/words.ts";
import { findingViewOf } from "../health/finding-view.ts";
import { vitalsOf } from "../health/vitals.ts";
import { type RouteSources, visibleIn } from "./route-sources.ts";

/** Adds the routes of health checks. */
export function addHealth(scope: DashboardScope, sources: RouteSources): void {
  addHealthChecks(scope, doorsOf(sources));
}

function doorsOf(sources: RouteSources): HealthDoors {
  const { health, stores, fleet } = sources;
  const visible = visibleIn(sources);
  return {
    health: async (withDemo) => {
      await health.refresh();
      const { report, traffic, runMs } = health.view(withDemo);
      return {
        vitals: vitalsOf({ fleet: visible(withDemo), traffic, score: report.score, runMs }),
        recommendations: report.findings.map(findingViewOf),
        checked_at: report.checkedAt / 1000,
      };
    },
    history: (asked) => stores.ask("healthHistory", asked),
    say: (key, saying, withDemo) => {
      const until = saying.kind === "snoozed" ? saying.until : undefined;
      // It is shown in terminals, too.
      const note = saying.note === undefined ? undefined : plainText(saying.note);
      return health.mark(key, { kind: saying.kind, until, note }, withDemo);
    },
    takeBack: health.unmark,
    test: async () => {
      const results = await health.notices.test(fleet.clock.now());
      return results.map(({ channel, isDelivered, reason }) => ({ channel, ok: isDelivered, error: reason ?? null }));
    },
    now: fleet.clock.now,
  };
}
