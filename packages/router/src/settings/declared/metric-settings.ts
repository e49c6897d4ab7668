import { numberSetting, textSetting, wholeNumberSetting } from "@herd/shared";

/** A host or an address in brackets, a port up to 65535, a path; nothing that would be a secret in the log. */
const collectorUrl =
  /^https?:\/\/([^\s/?#@:[\]%]+|\[[0-9a-f:.]+\])(:(6553[0-5]|655[0-2]\d|65[0-4]\d\d|6[0-4]\d{3}|[1-5]?\d{1,4}))?(\/[^\s?#]*)?$/i;

/** What is measured, and where it is sent. */
export const metricSettings = {
  metricModels: wholeNumberSetting({
    meaning: "Models that stand by their own name in /metrics; all further ones are counted together as other.",
    unit: "models",
    default: 100,
    min: 1,
    max: 5_000,
  }),
  metricNodes: wholeNumberSetting({
    meaning: "Nodes that stand by their own name in /metrics; all further ones are counted together as other.",
    unit: "nodes",
    default: 200,
    min: 1,
    max: 5_000,
  }),
  otlpEndpoint: textSetting({
    meaning:
      "OpenTelemetry collector (OTLP over HTTP, JSON) that gets spans and metrics; empty sends nothing. Headers are taken from OTEL_EXPORTER_OTLP_HEADERS.",
    default: "",
    pattern: collectorUrl,
    expected: "the URL of a collector (http://host:4318), without a name or password in it",
    example: "http://127.0.0.1:4318",
    isLive: true,
  }),
  otlpIntervalS: wholeNumberSetting({
    meaning: "Time between two sendings of metrics to the collector.",
    unit: "seconds",
    default: 15,
    min: 1,
    max: 3_600,
    isLive: true,
  }),
  otlpSamplePct: numberSetting({
    meaning:
      "Share of requests whose spans are sent to the collector; a request that comes with a traceparent follows its sampled flag.",
    unit: "percent",
    default: 100,
    min: 0,
    max: 100,
    isLive: true,
  }),
  energyPricePerKwh: numberSetting({
    meaning: "Price of electricity, in any currency, by which the energy that was used is priced; 0 names no price.",
    unit: "per kWh",
    default: 0,
    min: 0,
    max: 1_000,
    isLive: true,
  }),
};
