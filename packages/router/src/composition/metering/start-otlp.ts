import { hostname } from "node:os";
import type { Logger } from "pino";
import type { Family } from "../../metrics/family.ts";
import type { OtlpSender } from "../../metrics/otlp/send-otlp.ts";
import type { RouterSettings } from "../../settings/settings.ts";
import { herdVersion } from "../../version.ts";
import type { FleetParts } from "../fleet-parts.ts";
import type { MeteringParts } from "./metering-parts.ts";

/** What sending to a collector needs. */
export interface OtlpStart {
  readonly settings: RouterSettings;
  readonly fleet: Pick<FleetParts, "clock">;
  readonly log: Logger;
  readonly metering: Pick<MeteringParts, "sender">;
  readonly families: () => readonly Family[];
}

/** Loads the SDK and begins to send, where a collector is set. Returns what ends that. */
export function startOtlp(sources: OtlpStart): () => Promise<void> {
  const { settings, metering, log } = sources;
  if (settings.otlpEndpoint === "") return async () => undefined;
  let isStopped = false;
  const loading = load(sources).catch((error: unknown) => {
    log.error({ exception: error }, "OpenTelemetry could not be loaded: nothing is sent");
    return undefined;
  });
  void loading.then((sender) => {
    if (!isStopped) metering.sender = sender?.tell;
  });
  return async () => {
    isStopped = true;
    metering.sender = undefined;
    await (await loading)?.stop();
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
