import type { AccessFacts, RouterFacts } from "../../../health/facts/router-facts.ts";
import type { Reach } from "../../../health/remedies/typed-command.ts";
import type { ChannelState } from "../../../notifications/notifier.ts";
import type { RouterSettings } from "../../../settings/settings.ts";
import { herdVersion } from "../../../version.ts";
import type { Stores } from "../../stores.ts";
import type { RefusalLog } from "../refusal-log.ts";
import type { MachineWatch } from "./machine-watch.ts";

/** What the router's own facts are read from. */
export interface RouterFactSources {
  readonly settings: RouterSettings;
  readonly stores: Pick<Stores, "findings">;
  readonly machine: MachineWatch;
  readonly refusals: RefusalLog;
  readonly reach: () => Reach | undefined;
  readonly modelsFile: () => RouterFacts["modelsFile"];
  readonly pinNotes: () => RouterFacts["pinNotes"];
  readonly notices: () => readonly ChannelState[];
  /** Unix epoch ms. */
  readonly startedAt: number;
}

/** What is known of the router itself now. */
export function routerFactsOf(sources: RouterFactSources): RouterFacts {
  const { settings, stores, machine, refusals, reach, notices, startedAt } = sources;
  const { publicAddresses, ...readings } = machine.latest();
  return {
    ...readings,
    version: herdVersion,
    startedAt,
    platform: process.platform,
    dataDir: settings.dataDir,
    modelsFile: sources.modelsFile(),
    records: stores.findings(),
    pinNotes: sources.pinNotes(),
    refusals: refusals.recent(),
    access: accessOf(settings, publicAddresses),
    notices: notices(),
    reach: reach(),
    offlineAfterS: settings.heartbeatOffline,
  };
}

type Addresses = ReturnType<MachineWatch["latest"]>["publicAddresses"];

function accessOf(settings: RouterSettings, addresses: Addresses): AccessFacts {
  const { host, allowLegacy, lanNetworks, trustedProxies, corsOrigins } = settings;
  const listensOn = listensOnOf(host);
  // 0.0.0.0 is every address of IPv4, and none of IPv6.
  const met = addresses.filter(({ address, family }) =>
    listensOn === "everything" ? host === "::" || family === "IPv4" : address === host,
  );
  return {
    listensOn,
    publicAddresses: met.map(({ address }) => address),
    allowLegacy,
    lanNetworks,
    trustedProxies,
    corsOrigins,
    keepsBodies: "debugRequestBodies" in settings && settings.debugRequestBodies === true,
  };
}

function listensOnOf(host: string): AccessFacts["listensOn"] {
  if (host === "localhost" || host === "::1" || host.startsWith("127.")) return "loopback";
  return host === "0.0.0.0" || host === "::" ? "everything" : "one-address";
}
