import type { Check } from "./check.ts";
import { fleetChecks } from "./fleet-checks.ts";
import { trafficChecks } from "./traffic-checks.ts";

/** Every check there is, in the order of the reference page. */
export const allChecks: readonly Check[] = [...fleetChecks, ...trafficChecks];
