import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "pino";
import type { Breakers } from "../../dispatch/breaker.ts";
import type { Notifier } from "../../notifications/notifier.ts";
import type { LiveSettings } from "../../settings/live/live-settings.ts";
import type { FleetParts } from "../fleet-parts.ts";
import type { OwnPort } from "../measuring/own-port.ts";
import type { ServingParts } from "../serving-parts.ts";
import type { Stores } from "../stores.ts";
import { createFactGatherer, type GatheredFacts } from "./gather-facts.ts";
import { createPortWatch } from "./port-watch.ts";
import { createMachineWatch } from "./router/machine-watch.ts";
import { createReach } from "./router/reach.ts";
import { type RouterFactSources, routerFactsOf } from "./router/router-facts.ts";
import { createTrafficFacts, type TrafficSources } from "./traffic-facts.ts";

/** What health looks at. */
export interface HealthSources {
  readonly live: LiveSettings;
  readonly log: Logger;
  readonly stores: Stores;
  readonly fleet: FleetParts;
  readonly serving: ServingParts;
  readonly breakers: Breakers;
  readonly ownPort: OwnPort;
  readonly pins: TrafficSources["pins"];
  readonly modelsFile: RouterFactSources["modelsFile"];
  readonly pinNotes: RouterFactSources["pinNotes"];
}

/** Who asks waits no longer for the records, ms: the last answer is good enough. */
const LONGEST_REFRESH_MS = 25;

/** What reads the fleet, the machine and the records. */
export function createWatching(sources: HealthSources, notices: Notifier) {
  const { live, stores, fleet, serving, breakers, ownPort, pins, modelsFile, pinNotes } = sources;
  const settings = live.values;
  const monotonic = (): number => performance.now();
  const machine = createMachineWatch({ dataDir: settings.dataDir, monotonic });
  const ports = createPortWatch({ monotonic, connectTimeoutMs: () => settings.connectTimeoutMs });
  const reach = createReach({ ownPort, host: () => settings.host, monotonic });
  const routerUrl = (): string => reach()?.ownUrl ?? `http://localhost:${settings.port}`;
  const missingFallbacks = serving.missingFallbacks.recent;
  const traffic = createTrafficFacts({ settings, stores, fleet, serving, routerUrl, missingFallbacks, pins });
  const startedAt = fleet.clock.now();
  const { refusals } = fleet;
  const files = { modelsFile, pinNotes };
  const router = { settings, stores, machine, refusals, reach, notices: notices.states, startedAt, ...files };
  const gather: (now: number) => GatheredFacts = createFactGatherer({
    fleet,
    serving,
    breakers,
    ports,
    traffic,
    router: () => routerFactsOf(router),
    storedSigns: new Map(stores.nodes.load().map(({ nodeId, lastSeen }) => [nodeId, lastSeen])),
  });
  return {
    gather,
    refresh: async (olderThanMs: number): Promise<void> => {
      const isEnough = new AbortController();
      const { signal } = isEnough;
      const bound = pause(LONGEST_REFRESH_MS, undefined, { signal, ref: false }).catch(() => undefined);
      await Promise.race([traffic.refresh(olderThanMs), bound]);
      isEnough.abort();
    },
    ready: async (): Promise<void> => {
      await Promise.all([traffic.ready(), ports.ready(), machine.ready()]);
    },
    close: (): void => {
      machine.close();
      ports.close();
    },
  };
}
