import { addSketch, percentileOf, type Sketch, sketchSize } from "../../../domain/sketch.ts";
import type { Connection } from "../../../storage/connection.ts";
import { readSketches } from "../../../storage/usage/usage-sketches.ts";
import { dayOf } from "./usage-range.ts";

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

const DAY_S = 86_400;
/** Days that are looked at. */
const MOST_DAYS = 3650;
/** Days that are over are read once in this time, s. */
const KEPT_FOR_S = 3600;
/** Nodes and models of one day that are looked at. */
const MOST_CELLS = 20_000;

/** How many tokens completed requests took, per model. Percentiles are right to 2.5 %. */
export function createContextSizes(connection: Connection) {
  const sizesOf = createDays(connection);
  const oldest = connection.prepare<[], number | null>("SELECT min(day) FROM usage_sketches").pluck();
  return ({ from, now }: ContextQuestion) => {
    const models = new Map<string, ModelSizes>();
    const [today, first] = [dayOf(now), Math.max(dayOf(from), oldest.get() ?? dayOf(now))];
    for (let day = Math.max(first, today - MOST_DAYS * DAY_S); day <= today; day += DAY_S)
      addDay(models, sizesOf(day, now), day >= today - DAY_S);
    return [...models].filter(([, { prompt }]) => sketchSize(prompt) > 0).map(([model, sizes]) => viewOf(model, sizes));
  };
}

function addDay(models: Map<string, ModelSizes>, day: DaySizes, isRecent: boolean): void {
  for (const [model, { prompt, total }] of day) {
    const sizes = models.get(model) ?? { prompt: {}, total: {}, recent: {} };
    models.set(model, sizes);
    addSketch(sizes.prompt, prompt);
    addSketch(sizes.total, total);
    if (isRecent) addSketch(sizes.recent, total);
  }
}

export const CONTEXT_DAYS = `SELECT model, json_extract(sketches, '$.prompt_tokens') AS prompt,
  json_extract(sketches, '$.total_tokens') AS total FROM usage_sketches
  WHERE day = ? AND traffic = '' AND node_id <> '' AND json_valid(sketches) LIMIT ${MOST_CELLS}`;

type DaySizes = ReadonlyMap<string, Pick<ModelSizes, "prompt" | "total">>;

/** The distributions of each day by model; those of days that are over are kept for a while. */
function createDays(connection: Connection): (day: number, now: number) => DaySizes {
  const select = connection.prepare<[number], DayRow>(CONTEXT_DAYS);
  const kept = new Map<number, DaySizes>();
  let begunAt = Number.NEGATIVE_INFINITY;
  return (day, now) => {
    if (Math.abs(now - begunAt) >= KEPT_FOR_S) {
      kept.clear();
      begunAt = now;
    }
    const sizes = kept.get(day) ?? sizesOfDay(select.iterate(day));
    // Rows are written shortly after a request has ended.
    if (day + DAY_S + KEPT_FOR_S <= now) kept.set(day, sizes);
    return sizes;
  };
}

interface ModelSizes {
  readonly prompt: Record<string, number>;
  readonly total: Record<string, number>;
  /** The total of today and yesterday. */
  readonly recent: Record<string, number>;
}

function sizesOfDay(rows: Iterable<DayRow>): DaySizes {
  const models = new Map<string, Pick<ModelSizes, "prompt" | "total">>();
  for (const { model, prompt, total } of rows) {
    const sizes = models.get(model) ?? { prompt: {}, total: {} };
    models.set(model, sizes);
    addSketch(sizes.prompt, readSketch(prompt));
    addSketch(sizes.total, readSketch(total));
  }
  return models;
}

function readSketch(json: string | null): Sketch {
  return readSketches(json === null ? null : `{"one":${json}}`)["one"] ?? {};
}

function viewOf(model: string, { prompt, total, recent }: ModelSizes) {
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
