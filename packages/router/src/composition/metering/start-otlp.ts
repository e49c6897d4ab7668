import { hostname } from "node:os";
import type { Logger } from "pino";
import type { Family } from "../../metrics/family.ts";
import type { OtlpSender } from "../../metrics/otlp/send-otlp.ts";
import type { LiveSettings } from "../../settings/live/live-settings.ts";
import type { RouterSettings } from "../../settings/settings.ts";
import { herdVersion } from "../../version.ts";
import type { FleetParts } from "../fleet-parts.ts";
import type { MeteringParts } from "./metering-parts.ts";

/** What sending to a collector needs. */
export interface OtlpStart {
  readonly settings: RouterSettings;
  readonly live: Pick<LiveSettings, "onChange">;
  readonly fleet: Pick<FleetParts, "clock">;
  readonly log: Logger;
  readonly metering: Pick<MeteringParts, "sender">;
  readonly families: () => readonly Family[];
}

/** Settings of which a sender is made; the others are read when they are needed. */
const MADE_OF: ReadonlySet<string> = new Set(["otlp_endpoint", "otlp_interval_s"]);

/**
 * Loads the SDK and sends, as long as a collector is set: at the start, and again with every change of these settings.
 * Returns what ends that.
 */
export function startOtlp(sources: OtlpStart): () => Promise<void> {
  const { settings, live, metering, log } = sources;
  let isStopped = false;
  let sender: OtlpSender | undefined;
  const begin = async (): Promise<void> => {
    metering.sender = undefined;
    await sender?.stop();
    sender = undefined;
    if (isStopped || settings.otlpEndpoint === "") return;
    sender = await load(sources).catch((error: unknown) => {
      log.error({ exception: error }, "sending to the collector could not begin: nothing is sent");
      return undefined;
    });
    metering.sender = sender?.tell;
  };
  let begun = begin();
  live.onChange((keys) => {
    if (!isStopped && keys.some((key) => MADE_OF.has(key))) begun = begun.then(begin);
  });
  return async () => {
    isStopped = true;
    await begun;
    metering.sender = undefined;
    await sender?.stop();
  };
}

async function load({ settings, fleet, log, families }: OtlpStart): Promise<OtlpSender> {
  const { startSending } = await import("../../metrics/otlp/send-otlp.ts");
  const endpoint = settings.otlpEndpoint.replace(/\/+$/, "");
  return startSending({
    endpoint,
    intervalMs: settings.otlpIntervalS * 1000,
    version: herdVersion,
    instance: `${hostname()}:${settings.port}`,
    startedAt: performance.timeOrigin,
    epochNow: fleet.clock.now,
    families,
    onChange: (problem) => {
      if (problem === undefined) log.info({ endpoint }, "the collector takes metrics and spans");
      else log.warn({ endpoint, reason: problem.message }, "the collector does not take what is sent; requests go on");
    },
  });
}
