import { addSketch, percentileOf, type Sketch, sketchSize } from "../../../domain/sketch.ts";
import type { Connection } from "../../../storage/connection.ts";
import { readSketches } from "../../../storage/usage/usage-sketches.ts";
import { createDayParts, perConnection } from "./day-parts.ts";
import { DAY_S, dayOf } from "./usage-range.ts";

/** Since when: the UTC day that it lies in counts whole. Unix epoch seconds. */
export interface ContextQuestion {
  readonly from: number;
  readonly now: number;
}

interface DayRow {
  readonly model: string;
  /** JSON of two distributions. */
  readonly prompt: string | null;
  readonly total: string | null;
}

/** Nodes and models of one day that are looked at. */
const MOST_CELLS = 20_000;

export const CONTEXT_DAYS = `SELECT model, json_extract(sketches, '$.prompt_tokens') AS prompt,
  json_extract(sketches, '$.total_tokens') AS total FROM usage_sketches
  WHERE day = ? AND traffic = '' AND node_id <> '' AND json_valid(sketches) LIMIT ${MOST_CELLS}`;

/** The distributions of each day. */
export const contextParts = perConnection((connection: Connection) => {
  const select = connection.prepare<[number], DayRow>(CONTEXT_DAYS);
  return createDayParts<ContextPart>(connection, {
    table: "usage_sketches",
    make: (day) => partOf(day, select.all(day)),
    weigh: ({ models }) => models.reduce((sum, { prompt, total }) => sum + prompt.byteLength + total.byteLength, 500),
  });
});

/** How many tokens completed requests took, per model, the most used first. Percentiles are right to 2.5 %. */
export function createContextSizes(connection: Connection) {
  const parts = contextParts(connection);
  return ({ from, now }: ContextQuestion) => {
    const today = dayOf(now);
    const models = new Map<string, ModelSizes>();
    for (const { day, models: ofDay } of parts.of({ from: dayOf(from), to: today + DAY_S, now }))
      for (const { model, prompt, total } of ofDay) {
        const sizes = models.get(model) ?? { prompt: [], total: [], recent: [] };
        models.set(model, sizes);
        addCounts(sizes.prompt, prompt);
        addCounts(sizes.total, total);
        if (day >= today - DAY_S) addCounts(sizes.recent, total);
      }
    return [...models]
      .map(([model, sizes]) => viewOf(model, sizes))
      .filter(({ request_count }) => request_count > 0)
      .toSorted((one, other) => other.request_count - one.request_count || (one.model < other.model ? -1 : 1));
  };
}

/** Bucket, count, bucket, count …: a year of them is held in memory and added up in a few ms. */
type PackedCounts = Float64Array;

interface ContextPart {
  readonly day: number;
  readonly models: readonly { readonly model: string; readonly prompt: PackedCounts; readonly total: PackedCounts }[];
}

function partOf(day: number, rows: readonly DayRow[]): ContextPart {
  const models = new Map<string, Record<"prompt" | "total", Record<string, number>>>();
  for (const { model, prompt, total } of rows) {
    const into = models.get(model) ?? { prompt: {}, total: {} };
    models.set(model, into);
    addSketch(into.prompt, readSketch(prompt));
    addSketch(into.total, readSketch(total));
  }
  const packed = [...models].map(([model, { prompt, total }]) => ({ model, prompt: pack(prompt), total: pack(total) }));
  return { day, models: packed };
}

/** Counts by bucket, one higher: the lowest bucket is -1. */
type Counts = number[];

interface ModelSizes {
  readonly prompt: Counts;
  readonly total: Counts;
  /** The total of today and yesterday. */
  readonly recent: Counts;
}

/** Somebody else may have written them: what is no bucket is left out. */
const pack = (sketch: Sketch): PackedCounts =>
  Float64Array.from(
    Object.entries(sketch)
      .map(([bucket, count]) => [Number(bucket), count] as const)
      .filter(([bucket]) => Number.isInteger(bucket) && bucket >= -1 && bucket <= HIGHEST)
      .flat(),
  );

/** More tokens than anybody counts. */
const HIGHEST = 1000;

function addCounts(into: Counts, packed: PackedCounts): void {
  for (let at = 0; at < packed.length; at += 2) {
    const place = (packed[at] ?? 0) + 1;
    into[place] = (into[place] ?? 0) + (packed[at + 1] ?? 0);
  }
}

const sketchOf = (counts: Counts): Sketch =>
  Object.fromEntries(Object.entries(counts).map(([place, count]) => [Number(place) - 1, count]));

function readSketch(json: string | null): Sketch {
  return readSketches(json === null ? null : `{"one":${json}}`)["one"] ?? {};
}

function viewOf(model: string, sizes: ModelSizes) {
  const [prompt, total, recent] = [sketchOf(sizes.prompt), sketchOf(sizes.total), sketchOf(sizes.recent)];
  const at = (sketch: Sketch, share: number): number => Math.round(percentileOf(sketch, share) ?? 0);
  return {
    model,
    request_count: sketchSize(prompt),
    prompt_tokens: {
      avg: meanOf(prompt),
      p50: at(prompt, 0.5),
      p75: at(prompt, 0.75),
      p95: at(prompt, 0.95),
      p99: at(prompt, 0.99),
      max: at(prompt, 1),
    },
    total_tokens: { p95: at(total, 0.95), p99: at(total, 0.99), max: at(total, 1), max_24h: at(recent, 1) },
  };
}

/** The mean of what stands for each bucket. */
function meanOf(sketch: Sketch): number {
  let sum = 0;
  for (const [bucket, count] of Object.entries(sketch)) sum += (percentileOf({ [bucket]: 1 }, 1) ?? 0) * count;
  const size = sketchSize(sketch);
  return size === 0 ? 0 : Math.round(sum / size);
}
