import { type HrTime, ValueType } from "@opentelemetry/api";
import { AggregationTemporality, DataPointType, type MetricData } from "@opentelemetry/sdk-metrics";
import type { Family, HistogramFamily, HistogramPoint, Labels } from "../family.ts";

/** From when to when the numbers are, Unix epoch ms. */
export interface Period {
  readonly startedAt: number;
  readonly now: number;
}

/** Families in the form of OpenTelemetry's metrics, cumulative since the start. */
export function metricRecords(families: readonly Family[], { startedAt, now }: Period): MetricData[] {
  const period = { startTime: instant(startedAt), endTime: instant(now) };
  // A copy reads the points once.
  const told = families.map((family): Family => ({ ...family }));
  return told.filter(({ points }) => points.length > 0).map((family) => recordOf(family, period));
}

type Times = Record<"startTime" | "endTime", HrTime>;

function recordOf(family: Family, times: Times): MetricData {
  const { name, help, unit } = family;
  const told = {
    descriptor: { name, description: help, unit, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  if (family.kind === "histogram")
    return {
      ...told,
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints: family.points.map((point) => ({ ...times, ...histogramPoint(family, point) })),
    };
  const dataPoints = family.points.map(({ labels, value }) => ({ ...times, attributes: sound(labels), value }));
  return family.kind === "counter"
    ? { ...told, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }
    : { ...told, dataPointType: DataPointType.GAUGE, dataPoints };
}

function histogramPoint({ bounds }: HistogramFamily, { labels, counts, sum }: HistogramPoint) {
  const count = counts.reduce((total, one) => total + one, 0);
  return {
    attributes: sound(labels),
    value: { buckets: { boundaries: [...bounds], counts: [...counts] }, sum, count },
  };
}

/** An empty attribute says nothing, as an empty label in Prometheus. */
const sound = (labels: Labels): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ""));

/** Seconds and nanoseconds since the Unix epoch. */
function instant(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}
