import { declareSettings } from "@herd/shared";
import type { z } from "zod";
import { accessSettings } from "./declared/access-settings.ts";
import { adviceSettings } from "./declared/advice-settings.ts";
import { attemptSettings } from "./declared/attempt-settings.ts";
import { dialectSettings } from "./declared/dialect-settings.ts";
import { featureSettings } from "./declared/feature-settings.ts";
import { fleetSettings } from "./declared/fleet-settings.ts";
import { healthSettings } from "./declared/health-settings.ts";
import { laneSettings } from "./declared/lane-settings.ts";
import { metricSettings } from "./declared/metric-settings.ts";
import { pullSettings } from "./declared/pull-settings.ts";
import { recordSettings } from "./declared/record-settings.ts";
import { scoringSettings } from "./declared/scoring-settings.ts";
import { serverSettings } from "./declared/server-settings.ts";
import { ignoredNames, laterNames } from "./unused-names.ts";

/**
 * Every setting of the router, declared once: types, defaults, flags, environment names, keys of the config file and the reference page
 * follow from here. A property `waitDeadlineS` is `FLEET_WAIT_DEADLINE_S` and `wait_deadline_s`.
 */
export const routerSettings = declareSettings({
  program: "herd",
  prefix: "FLEET_",
  foreignPrefixes: ["FLEET_NODE_"],
  foreignSections: ["node"],
  shape: {
    ...serverSettings,
    ...accessSettings,
    ...fleetSettings,
    ...laneSettings,
    ...attemptSettings,
    ...scoringSettings,
    ...dialectSettings,
    ...recordSettings,
    ...adviceSettings,
    ...healthSettings,
    ...pullSettings,
    ...metricSettings,
    ...featureSettings,
  },
  ascending: [
    { low: "heartbeat_interval", high: "heartbeat_timeout", orEqual: false },
    { low: "heartbeat_timeout", high: "heartbeat_offline", orEqual: false },
    { low: "max_body_mb", high: "max_held_mb", orEqual: true },
    { low: "assumed_parallelism.ollama", high: "max_parallelism", orEqual: true },
    { low: "assumed_parallelism.other", high: "max_parallelism", orEqual: true },
    { low: "role_small_threshold_gb", high: "role_large_threshold_gb", orEqual: true },
  ],
  later: laterNames,
  ignored: ignoredNames,
});

/** The router's settings as plain frozen values, in the units of their declaration. */
export type RouterSettings = z.output<typeof routerSettings.schema>;
