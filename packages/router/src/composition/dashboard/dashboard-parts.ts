import { join } from "node:path";
import type { Logger } from "pino";
import type { Breakers } from "../../dispatch/breaker.ts";
import type { PullParts } from "../../pipeline/serve-pull.ts";
import type { LiveSettings } from "../../settings/live/live-settings.ts";
import { createAdvicePart } from "../advice/advice-part.ts";
import { createKnownCatalogue } from "../advice/catalogue-files.ts";
import type { FleetParts } from "../fleet-parts.ts";
import { createHealthPart } from "../health/health-part.ts";
import { createBenchmarkPart } from "../measuring/benchmark-parts.ts";
import type { OwnPort } from "../measuring/own-port.ts";
import { createModelsPart } from "../models/models-part.ts";
import type { News } from "../news.ts";
import type { PullList } from "../pulls/pull-list.ts";
import type { ServingParts } from "../serving-parts.ts";
import type { Stores } from "../stores.ts";
import type { Upkeep } from "../upkeep.ts";

/** What serves requests; the parts below look at it. */
export interface CoreParts {
  readonly live: LiveSettings;
  readonly log: Logger;
  readonly stores: Stores;
  readonly fleet: FleetParts;
  readonly serving: ServingParts;
  readonly upkeep: Upkeep;
  readonly news: News;
  readonly breakers: Breakers;
  readonly pulls: PullParts;
  readonly ownPort: OwnPort;
  readonly pullList: PullList;
}

/** Builds the long-lived parts behind the dashboard's routes. Each is ended by `composition/stop`. */
export function createDashboardParts(core: CoreParts) {
  const { live, fleet, serving, stores, breakers, ownPort, log } = core;
  const models = createModelsPart({ ...core, settings: live.values, log: log.child({ logger: "models" }) });
  const catalogue = createKnownCatalogue(join(live.values.dataDir, "models.json"));
  const health = createHealthPart({
    live,
    fleet,
    serving,
    stores,
    breakers,
    ownPort,
    pins: models.pins.all,
    modelsFile: catalogue.refused,
    pinNotes: models.pins.notes,
    log: log.child({ logger: "health" }),
  });
  return {
    models,
    health,
    advice: createAdvicePart({
      settings: live.values,
      fleet,
      serving,
      stores,
      ownPort,
      health,
      catalogue: catalogue.read,
      pins: models.pins.all,
      log: log.child({ logger: "advice" }),
    }),
    benchmark: createBenchmarkPart({ fleet, serving, stores, ownPort, log: log.child({ logger: "benchmark" }) }),
  };
}

/** The long-lived parts behind the dashboard's routes. */
export type DashboardParts = ReturnType<typeof createDashboardParts>;
