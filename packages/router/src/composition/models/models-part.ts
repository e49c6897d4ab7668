import { fromGib, nodeId } from "@herd/shared";
import type { Logger } from "pino";
import { modelKeyOf } from "../../domain/model-name.ts";
import type { RouterSettings } from "../../settings/settings.ts";
import type { FleetParts } from "../fleet-parts.ts";
import type { OwnPort } from "../measuring/own-port.ts";
import type { News } from "../news.ts";
import { diskFreeGbOf } from "../pulls/disk-free.ts";
import type { PullList } from "../pulls/pull-list.ts";
import type { ServingParts } from "../serving-parts.ts";
import type { Stores } from "../stores.ts";
import type { Upkeep } from "../upkeep.ts";
import { createInventories } from "./inventories.ts";
import { keepPins } from "./keep-pins.ts";
import { watchModels } from "./model-watch.ts";
import { createPinBook } from "./pin-book.ts";
import { createPullBook, type PullSources } from "./pull-book.ts";

/** What looks after models on nodes works on. */
export interface ModelSources {
  readonly settings: RouterSettings;
  readonly fleet: FleetParts;
  readonly serving: ServingParts;
  readonly stores: Stores;
  readonly upkeep: Upkeep;
  readonly news: News;
  readonly ownPort: OwnPort;
  readonly pullList: PullList;
  readonly log: Logger;
}

/** Pins and who keeps them, pulls begun by the dashboard, and the record of what happens to models; puts drained nodes back to rest. */
export function createModelsPart(sources: ModelSources) {
  const { settings, fleet, serving, stores, upkeep, news, log } = sources;
  const { modelEvents: events } = stores;
  const { registry, clock } = fleet;
  const drained = new Set(stores.nodeMarks.drained());
  for (const node of registry.snapshot().nodes) if (drained.has(node.nodeId)) registry.cordon(node.nodeId, true);
  watchModels({ fleet: () => registry.snapshot(), events, onNews: news.onNews, now: clock.now });
  const pins = createPinBook(settings, log, clock.now);
  const keeper = keepPins({ fleet, serving, settings, pins, ask: upkeep.ask, events, log });
  const inventories = createInventories({
    registry,
    ask: upkeep.ask,
    fleet: () => registry.snapshot(),
    now: clock.now,
  });
  return { pins, keeper, inventories, pulls: createPullBook(pullSources(sources)), close: keeper.stop };
}

/** A model that several machines have counts as large as the largest of them. */
function pullSources({ fleet, ownPort, pullList }: ModelSources): PullSources {
  const { registry } = fleet;
  const diskFreeGb = diskFreeGbOf(registry);
  return {
    ownPort,
    list: pullList,
    sizeOf: (model, id) => {
      const key = modelKeyOf(model);
      const holders = (key === undefined ? undefined : registry.snapshot().holders.get(key)) ?? [];
      // Pulling it again renews what is there.
      if (holders.some(({ node }) => node.nodeId === id)) return undefined;
      const sizes = holders.flatMap((holder) => holder.model.sizeBytes ?? []);
      return sizes.length === 0 ? undefined : Math.max(...sizes);
    },
    freeOn: (id) => {
      const free = diskFreeGb({ nodeId: nodeId(id) });
      return free === undefined ? undefined : fromGib(free);
    },
  };
}
