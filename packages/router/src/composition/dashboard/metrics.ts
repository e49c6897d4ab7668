import { addEnergyRoutes } from "../../dashboard-api/metrics/energy-routes.ts";
import { addMetricRoutes } from "../../dashboard-api/metrics/metric-routes.ts";
import type { DashboardScope } from "../../dashboard-api/scope/dashboard-scope.ts";
import { prometheusText } from "../../metrics/prometheus-text.ts";
import type { RouteSources } from "./route-sources.ts";

/** Adds the routes of metrics and energy. */
export function addMetrics(scope: DashboardScope, { metering, stores, settings, fleet }: RouteSources): void {
  addMetricRoutes(scope, { text: (withDemo) => prometheusText(metering.families(withDemo)) });
  addEnergyRoutes(scope, {
    answer: (question) => stores.ask("energy", question),
    pricePerKwh: () => settings.energyPricePerKwh,
    now: fleet.clock.now,
  });
}
