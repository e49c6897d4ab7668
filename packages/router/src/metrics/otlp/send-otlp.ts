/**
 * Sends spans and metrics by OpenTelemetry's own SDK. Nothing else imports this file but a dynamic `import()`: a router that
 * sends nothing never loads it. What cannot be sent is dropped: of spans at most a queue's worth waits in memory, of metrics
 * nothing does, since the next sending holds all numbers again.
 */
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider, type MetricProducer, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { AlwaysOnSampler, BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { TraceInput } from "../../traces/trace-input.ts";
import type { Family } from "../family.ts";
import { metricRecords } from "./metric-records.ts";
import { type SpanMaker, tellRequest } from "./request-spans.ts";
import type { RequestSpanIds } from "./span-book.ts";

/** What sending needs. */
export interface OtlpSources {
  /** Base URL of the collector: `/v1/traces` and `/v1/metrics` are added. */
  readonly endpoint: string;
  readonly intervalMs: number;
  readonly version: string;
  /** Names this router among others. */
  readonly instance: string;
  /** Unix epoch ms. */
  readonly startedAt: number;
  readonly epochNow: () => number;
  readonly families: () => readonly Family[];
  /** Told when sending begins to fail, and when it works again (undefined). */
  readonly onChange: (problem: Error | undefined) => void;
}

/** Running sending. */
export interface OtlpSender {
  /** Takes the spans of an ended request. */
  readonly tell: (trace: TraceInput, ids: RequestSpanIds) => void;
  /** Sends what waits, and ends. Waits no longer than a second. */
  readonly stop: () => Promise<void>;
}

/** Longest time for one sending, ms. */
const TIMEOUT_MS = 5_000;
/** Spans that wait to be sent; beyond them they are dropped. */
const MOST_SPANS = 2_048;
/** How long spans are collected before they are sent, ms. */
const SPANS_EVERY_MS = 2_000;
const LAST_SENDING_MS = 1_000;

/** Begins to send. */
export function startSending(sources: OtlpSources): OtlpSender {
  const resource = resourceFromAttributes({
    "service.name": "herd",
    "service.version": sources.version,
    "service.instance.id": sources.instance,
  });
  const watch = watchResults(sources.onChange);
  const metrics = startMetrics(sources, resource, watch);
  const { provider, maker } = createMaker(sources, resource, watch);
  const shutDown = async (): Promise<void> => {
    await Promise.allSettled([provider.shutdown(), metrics.shutdown()]);
  };
  return {
    tell: (trace, ids) => tellRequest(maker, trace, ids),
    stop: () =>
      Promise.race([shutDown(), new Promise<void>((resolve) => setTimeout(resolve, LAST_SENDING_MS).unref())]),
  };
}

function startMetrics(sources: OtlpSources, resource: Resource, watch: Watch): MeterProvider {
  const { endpoint, intervalMs, families, startedAt, epochNow, version } = sources;
  const timeoutMillis = Math.min(TIMEOUT_MS, intervalMs);
  const exporter = watch(new OTLPMetricExporter({ url: `${endpoint}/v1/metrics`, timeoutMillis }));
  const scope = { name: "herd", version };
  const producer: MetricProducer = {
    collect: () => {
      const metrics = metricRecords(families(), { startedAt, now: epochNow() });
      return Promise.resolve({ resourceMetrics: { resource, scopeMetrics: [{ scope, metrics }] }, errors: [] });
    },
  };
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: timeoutMillis,
    metricProducers: [producer],
  });
  return new MeterProvider({ resource, readers: [reader] });
}

function createMaker({ endpoint, version, intervalMs }: OtlpSources, resource: Resource, watch: Watch) {
  const exporter = watch(new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: TIMEOUT_MS }));
  let next = { traceId: "", spanId: "" };
  const provider = new TracerProvider({
    resource,
    sampler: new AlwaysOnSampler(),
    idGenerator: { generateTraceId: () => next.traceId, generateSpanId: () => next.spanId },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        maxQueueSize: MOST_SPANS,
        scheduledDelayMillis: Math.min(SPANS_EVERY_MS, intervalMs),
        exportTimeoutMillis: TIMEOUT_MS,
      }),
    ],
  });
  const maker: SpanMaker = {
    tracer: provider.getTracer("herd", version),
    useNext: (ids) => {
      next = ids;
    },
  };
  return { provider, maker };
}

interface Result {
  readonly code: number;
  readonly error?: Error;
}

/** Whatever sends: it calls back with 0 when the collector took everything. */
interface Exporter<Items> {
  export(items: Items, done: (result: Result) => void): void;
}

type Watch = <Sender extends Exporter<never>>(exporter: Sender) => Sender;

/** Hears of every result, and tells when it changes. */
function watchResults(onChange: OtlpSources["onChange"]): Watch {
  let isFailing = false;
  return (exporter) => {
    const send = exporter.export.bind(exporter);
    exporter.export = (items, done) =>
      send(items, (result) => {
        const hasFailed = result.code !== 0;
        if (hasFailed !== isFailing) onChange(hasFailed ? (result.error ?? new Error("it was refused")) : undefined);
        isFailing = hasFailed;
        done(result);
      });
    return exporter;
  };
}
