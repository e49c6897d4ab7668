import type { Logger } from "pino";
import type { ResolveWith } from "../settings/live/live-settings.ts";
import type { RouterSettings } from "../settings/settings.ts";
import type { DemoFleet } from "./demo-fleet.ts";
import type { FleetWindow } from "./voice/tell-fleet.ts";

/** A running router. */
export interface Router {
  /** Host and port it listens on. */
  readonly address: { readonly host: string; readonly port: number };
  /** Stops: takes nothing new, lets running requests finish within the drain time, writes everything. */
  readonly close: () => Promise<void>;
  /** Ends at once whatever still runs; for a second signal. */
  readonly closeNow: () => void;
  /** Short name of its key; announced by mDNS. */
  readonly fleetId: string;
  /** The machines it knows. */
  readonly fleet: FleetWindow;
  /** Its side of the demo; closed until it is opened. */
  readonly demo: DemoFleet;
}

/** What a router is started with beside its settings. */
export interface RouterSurroundings {
  readonly log: Logger;
  /** Takes a whole line of the log file for every request that ended well; absent where they are not wanted. */
  readonly writeRequestLine?: ((line: string) => void) | undefined;
  /** Resolves the settings again, once the database has told what is saved. */
  readonly resolveWith?: ResolveWith | undefined;
  /** Folder of the built dashboard. */
  readonly dashboardDirectory?: string;
}

/** Starts a router. @throws HerdError HERD_DATA_FOLDER, HERD_DATABASE_NEWER, HERD_PORT_TAKEN. */
export type StartRouter = (settings: RouterSettings, surroundings: RouterSurroundings) => Promise<Router>;
