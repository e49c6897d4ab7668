import type { Logger } from "pino";
import type { RouterSettings } from "../../settings/settings.ts";
import type { FleetParts } from "../fleet-parts.ts";
import type { OwnPort } from "../measuring/own-port.ts";
import type { News } from "../news.ts";
import type { ServingParts } from "../serving-parts.ts";
import type { Stores } from "../stores.ts";
import type { Upkeep } from "../upkeep.ts";
import { keepPins } from "./keep-pins.ts";
import { watchModels } from "./model-watch.ts";
import { createPinBook } from "./pin-book.ts";
import { createPullBook } from "./pull-book.ts";

/** What looks after models on nodes works on. */
export interface ModelSources {
  readonly settings: RouterSettings;
  readonly fleet: FleetParts;
  readonly serving: ServingParts;
  readonly stores: Stores;
  readonly upkeep: Upkeep;
  readonly news: News;
  readonly ownPort: OwnPort;
  readonly log: Logger;
}

/** Pins and who keeps them, pulls begun by the dashboard, and the record of what happens to models; puts drained nodes back to rest. */
export function createModelsPart(sources: ModelSources) {
  const { settings, fleet, serving, stores, upkeep, news, ownPort, log } = sources;
  const { modelEvents: events } = stores;
  const { registry, clock } = fleet;
  const drained = new Set(stores.nodeMarks.drained());
  for (const node of registry.snapshot().nodes) if (drained.has(node.nodeId)) registry.cordon(node.nodeId, true);
  watchModels({ fleet: () => registry.snapshot(), events, onNews: news.onNews, now: clock.now });
  const pins = createPinBook(settings, log, clock.now);
  const keeper = keepPins({ fleet, serving, settings, pins, ask: upkeep.ask, events, log });
  return { pins, keeper, pulls: createPullBook(ownPort, clock.now), close: keeper.stop };
}

/** Pins, pulls and their keeper. */
export type ModelsPart = ReturnType<typeof createModelsPart>;
