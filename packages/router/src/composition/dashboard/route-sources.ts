import type { Logger } from "pino";
import type { Breakers } from "../../dispatch/breaker.ts";
import type { FleetSnapshot } from "../../domain/fleet-snapshot.ts";
import { visibleFleet } from "../../fleet/demo/visible-fleet.ts";
import type { DiskParts } from "../../pipeline/models-on-disk/disk-parts.ts";
import type { PullParts } from "../../pipeline/serve-pull.ts";
import type { LiveSettings } from "../../settings/live/live-settings.ts";
import type { RouterSettings } from "../../settings/settings.ts";
import type { FleetParts } from "../fleet-parts.ts";
import type { OwnPort } from "../measuring/own-port.ts";
import type { RunningMetering } from "../metering/start-metering.ts";
import type { News } from "../news.ts";
import type { PullList } from "../pulls/pull-list.ts";
import type { ServingParts } from "../serving-parts.ts";
import type { Stores } from "../stores.ts";
import type { Upkeep } from "../upkeep.ts";
import type { DashboardParts } from "./dashboard-parts.ts";

/** What the routes are wired to. */
export interface RouteSources extends DashboardParts {
  readonly settings: RouterSettings;
  readonly live: LiveSettings;
  readonly log: Logger;
  readonly stores: Stores;
  readonly ownPort: OwnPort;
  readonly fleet: FleetParts;
  readonly serving: ServingParts;
  readonly breakers: Breakers;
  readonly upkeep: Upkeep;
  readonly metering: RunningMetering;
  readonly pulls: PullParts;
  readonly pullList: PullList;
  readonly disk: DiskParts;
  readonly dashboardDirectory: string;
  readonly news: News;
  /** Resolves when the fleet has changed, or after this time at the latest, ms. */
  readonly nextChange: (withinMs: number) => Promise<undefined>;
}

/** The fleet with or without the machines of the demo. */
export const visibleIn =
  ({ fleet }: RouteSources) =>
  (withDemo: boolean): FleetSnapshot =>
    visibleFleet(fleet.registry.snapshot(), withDemo);
