import { type Cell, type Column, durationOf, table } from "@herd/shared/terminal";
import { z } from "zod";
import type { Page } from "../frame/shell.ts";

const amount = z.number().nullish().catch(undefined);
const words = z.string().catch("-");

const step = z.object({
  concurrency: z.number(),
  failures: amount,
  per_s: amount,
  latency_p50_ms: amount,
  latency_p95_ms: amount,
  ttft_p50_ms: amount,
});

/** How a machine did under a rising load with one model; `saturates_at`: so many requests at once are as much as it gains from. */
const ramp = z.object({
  node_id: words,
  model: words,
  saturates_at: amount,
  ended: z.string().nullish().catch(undefined),
  steps: z.array(step).catch([]),
});

/** `saturation` of a stored run, as far as it is shown. */
export const saturationForm = z
  .array(ramp)
  .nullish()
  .catch(undefined)
  .transform((ramps) => ramps ?? []);

const right = { side: "right" } as const;

const columns: readonly Column[] = [
  { title: "MODEL", least: 10 },
  { title: "ON", least: 8 },
  { title: "AT ONCE", ...right },
  { title: "PER S", ...right },
  { title: "FIRST TOKEN", ...right, goesAt: 3 },
  { title: "MEDIAN", ...right, goesAt: 2 },
  { title: "P95", ...right, goesAt: 1 },
  { title: "FAILED", ...right },
  { title: "" },
];

type Ramp = z.output<typeof ramp>;

/** Each step of the rising load, and the one that was enough. */
export function saturationText(ramps: readonly Ramp[], { width, paint }: Page): string {
  const rows = ramps.flatMap((one) => one.steps.map((step, at) => stepCells(one, step, at === 0)));
  return rows.length === 0 ? "" : `${paint("load", "strong")}\n${table({ columns, rows, width, paint })}`;
}

/** One step; the first one says of whom. */
function stepCells(of: Ramp, one: Ramp["steps"][number], isFirst: boolean): readonly Cell[] {
  const failures = one.failures ?? 0;
  return [
    isFirst ? of.model : "",
    isFirst ? of.node_id : "",
    String(one.concurrency),
    one.per_s == null ? "-" : String(Math.round(one.per_s * 10) / 10),
    took(one.ttft_p50_ms),
    took(one.latency_p50_ms),
    took(one.latency_p95_ms),
    { text: String(failures), tone: failures > 0 ? "bad" : undefined },
    one.concurrency === of.saturates_at ? { text: markOf(of.ended), tone: "good" } : "",
  ];
}

/** The best step is where it is saturated only if more load was tried and brought no more. */
const markOf = (ended: string | null | undefined): string => (ended === "saturated" ? "saturated" : "best so far");

const took = (value: number | null | undefined): string => (value == null ? "-" : durationOf(value));
