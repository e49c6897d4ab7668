import type { Metric } from "prom-client";
import { type Family, type HistogramFamily, type Labels, prometheusLabelOf, prometheusNameOf } from "./family.ts";

/** The text, and the media type that names its format. */
export interface PrometheusText {
  readonly text: string;
  readonly contentType: string;
}

/** So many lines are written at a time, about. */
const LINES_AT_ONCE = 500;

/**
 * Writes families in Prometheus' text format. The library that does it is loaded when the first text is asked for. Everything
 * else has its turn after every few hundred lines: the page of a large fleet takes longer than a stream may stand still.
 */
export async function prometheusText(families: readonly Family[]): Promise<PrometheusText> {
  const { Registry } = await import("prom-client");
  const registry = new Registry();
  const texts: string[] = [];
  for (const family of families) {
    let isHeaded = false;
    for (const part of partsOf(family)) {
      registry.clear();
      registry.registerMetric(metricOf(part));
      const text = await registry.metrics();
      texts.push(isHeaded ? text.replace(HEAD, "") : text);
      isHeaded = true;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return { text: texts.join(""), contentType: registry.contentType };
}

/** What stands above the lines of a family, which has it once. */
const HEAD = /^# HELP .*\n# TYPE .*\n/;

/** A large family in several small ones. */
function* partsOf(family: Family): Generator<Family> {
  // A copy reads the points once.
  const whole: Family = { ...family };
  if (whole.kind === "histogram") {
    const size = Math.ceil(LINES_AT_ONCE / (whole.bounds.length + 3));
    for (const points of slicesOf(whole.points, size)) yield { ...whole, points };
  } else for (const points of slicesOf(whole.points, LINES_AT_ONCE)) yield { ...whole, points };
}

/** At least one slice, which may be empty: a family without points is named, too. */
function* slicesOf<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let at = 0; at === 0 || at < items.length; at += size) yield items.slice(at, at + size);
}

interface Value {
  readonly metricName?: string;
  readonly labels: Labels;
  /** Those that all buckets of a distribution have in common; they are written once. */
  readonly sharedLabels?: Labels;
  readonly value: number;
}

/** What the library's registry asks of a metric: it only ever calls `get`. Its own metrics would count everything twice. */
function metricOf(family: Family): Metric {
  const name = prometheusNameOf(family);
  const values = family.kind === "histogram" ? histogramValues(name, family) : family.points.map(numberValue);
  const told = { name, help: family.help, type: family.kind, aggregator: "sum", values };
  return { name, get: () => Promise.resolve(told) } as unknown as Metric;
}

const numberValue = ({ labels, value }: { readonly labels: Labels; readonly value: number }): Value => ({
  labels: labelsOf(labels),
  value,
});

const labelsOf = (labels: Labels): Labels =>
  Object.fromEntries(Object.entries(labels).map(([name, value]) => [prometheusLabelOf(name), value]));

/** Buckets are told summed up: each holds everything below its bound. */
function histogramValues(name: string, { bounds, points }: HistogramFamily): readonly Value[] {
  return points.flatMap(({ labels: told, counts, sum }) => {
    const labels = labelsOf(told);
    let total = 0;
    const buckets = counts.map((count, at) => {
      total += count;
      return {
        metricName: `${name}_bucket`,
        labels: { le: String(bounds[at] ?? "+Inf") },
        sharedLabels: labels,
        value: total,
      };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: total },
    ];
  });
}
