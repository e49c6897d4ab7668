import { type NodeId, nodeId } from "@herd/shared";
import type { Logger } from "pino";
import { Breakers } from "../dispatch/breaker.ts";
import { askForModels } from "../fleet/ask-nodes.run.ts";
import { visibleFleet } from "../fleet/demo/visible-fleet.ts";
import { createLearnedSpeeds } from "../fleet/speeds/learned-speeds.ts";
import type { OwnMachine } from "../http/own-machine.ts";
import { NameBook } from "../models/name-book.ts";
import { createTokenEstimate } from "../models/token-estimate.ts";
import type { LiveSettings } from "../settings/live/live-settings.ts";
import type { RouterSettings } from "../settings/settings.ts";
import { createDashboardParts } from "./dashboard/dashboard-parts.ts";
import { createDemoFleet } from "./demo-fleet.ts";
import { createFleetParts, type FleetParts } from "./fleet-parts.ts";
import { createLearnedKeeper } from "./learned-keeping.ts";
import { createOwnPort } from "./measuring/own-port.ts";
import { countPulls } from "./metering/count-pulls.ts";
import { Metering } from "./metering/metering.ts";
import { startMetering } from "./metering/start-metering.ts";
import { createNews } from "./news.ts";
import { createAutoPull } from "./pulls/auto-pull.ts";
import { createDiskParts } from "./pulls/disk-parts.ts";
import type { DiskSources } from "./pulls/progress-parts.ts";
import { PullList } from "./pulls/pull-list.ts";
import { createPullParts } from "./pulls/pull-parts.ts";
import { createServingParts } from "./serving-parts.ts";
import { openStores, type Stores } from "./stores.ts";
import { startUpkeep, type Upkeep } from "./upkeep.ts";

/** What a router is assembled from. */
export interface AssemblySources {
  readonly live: LiveSettings;
  readonly log: Logger;
  /** Takes the lines of good ends; undefined where they are not wanted. */
  readonly writeLine: ((line: string) => void) | undefined;
  readonly machine: OwnMachine;
  /** ms, never going back. */
  readonly now: () => number;
}

/** Builds everything of a router but its HTTP server. */
export function assemble(sources: AssemblySources) {
  const core = assembleCore(sources);
  const metering = startMetering({ ...core, settings: core.live.values });
  return { ...core, ...createDashboardParts(core), metering };
}

/** What serves requests: stores, fleet, lanes, dispatch, background loops. */
function assembleCore({ live, log, writeLine, machine, now }: AssemblySources) {
  const settings = live.values;
  const stores = openStoresOf(live, log, now);
  const fleetLog = log.child({ logger: "fleet" });
  const news = createNews();
  const breakers = new Breakers();
  const speeds = createLearnedSpeeds(stores.learned.load());
  const fleet = createFleetParts({
    settings,
    stores,
    log: fleetLog,
    machine,
    monotonic: now,
    wallAtStart: Date.now(),
    medianDecodeSpeed: () => speeds.medianDecodeSpeed(),
    onChange: news.tell,
    onHeardOf: (node) => breakers.mayTryAnyOf(node),
  });
  const late: { upkeep?: Upkeep } = {};
  const names = createNames({ settings, stores, fleet, late });
  const ownPort = createOwnPort();
  const pullList = createPullList(fleet);
  const metering = new Metering({ settings, fleet, now });
  const serving = createServingParts({
    settings,
    requestLog: { log: log.child({ logger: "requests" }), writeLine },
    stores,
    fleet,
    names,
    speeds,
    tokens: createTokenEstimate(),
    breakers,
    metering,
    now,
    checkNode: (node: NodeId) => late.upkeep?.checkNode(node),
    autoPull: createAutoPull({ settings, registry: fleet.registry, ownPort, pullList, now, log: fleetLog }),
  });
  const keepLearned = createLearnedKeeper(speeds, stores, fleet.clock.now);
  late.upkeep = startUpkeep({ settings, fleet, serving, news, log: fleetLog, keepLearned });
  const { upkeep } = late;
  const work = createDiskWork({ fleet, serving, ask: upkeep.ask, log: fleetLog, events: stores.modelEvents }, pullList);
  const demo = createDemoFleet({ stores, fleet, serving, news, isOwnAddress: machine.isOwnAddress });
  return { live, log, ownPort, stores, fleet, serving, upkeep, news, breakers, speeds, metering, ...work, demo };
}

/** What is done with models on the disks of nodes. */
function createDiskWork(sources: DiskSources, pullList: PullList) {
  const { parts: pulls, counts: pullCounts } = countPulls(createPullParts(sources, pullList));
  return { pulls, pullCounts, pullList, disk: createDiskParts(sources) };
}

const createPullList = ({ registry, clock }: FleetParts): PullList =>
  new PullList({
    now: clock.now,
    isSimulated: (id) => registry.record(nodeId(id))?.heartbeat.simulated === true,
  });

/** Opens the stores; what they keep of the settings is in force before anything else is made of them. */
function openStoresOf(live: LiveSettings, log: Logger, now: () => number): Stores {
  const own = { log: log.child({ logger: "storage" }), epochNow: Date.now, monotonic: now };
  const stores = openStores({ settings: live.values, ...own });
  for (const notice of live.adopt(stores.settings.load())) log.warn(notice);
  return stores;
}

/** An assembled router without its HTTP server. */
export type Assembly = ReturnType<typeof assemble>;

interface NameSources {
  readonly settings: RouterSettings;
  readonly stores: Stores;
  readonly fleet: FleetParts;
  /** What is built after the names. */
  readonly late: { readonly upkeep?: Upkeep };
}

function createNames({ settings, stores, fleet, late }: NameSources): NameBook {
  return new NameBook({
    fleet: (withDemo) => visibleFleet(fleet.registry.snapshot(), withDemo),
    now: fleet.clock.now,
    wasHeld: (key, since) => stores.knownModels.wasHeld(key, since),
    askNodes: async () => late.upkeep && askForModels(fleet.registry, late.upkeep.ask),
    rules: {
      startedAt: fleet.clock.now(),
      graceMs: settings.startGraceS * 1000,
      get holdMs() {
        return settings.holdingS * 1000;
      },
      get knownForMs() {
        return settings.knownNameDays * 86_400_000;
      },
    },
  });
}
