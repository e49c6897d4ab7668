import { rounded } from "./step-result.ts";

/** A stored run. */
type Run = Readonly<Record<string, unknown>>;

/** One number of two runs. */
export interface Difference {
  readonly what: string;
  readonly before: number;
  readonly after: number;
  /** Percent of the first. */
  readonly change_pct: number | null;
}

const NUMBERS = [
  "requests_per_sec",
  "tokens_per_sec",
  "latency_p50_ms",
  "latency_p95_ms",
  "ttft_p50_ms",
  "ttft_p95_ms",
  "total_failures",
] as const;

/** What differs between two runs: the whole, and each node and model that both have measured. */
export function compareRuns(before: Run, after: Run): readonly Difference[] {
  const whole = NUMBERS.flatMap((name) => differenceOf(name, before[name], after[name]));
  const earlier = new Map(rampsOf(before).map((ramp) => [placeOf(ramp), ramp]));
  const ramps = rampsOf(after).flatMap((ramp) => {
    const place = placeOf(ramp);
    const old = earlier.get(place);
    if (old === undefined) return [];
    return [
      ...differenceOf(`${place} best_per_s`, old["best_per_s"], ramp["best_per_s"]),
      ...differenceOf(`${place} saturates_at`, old["saturates_at"], ramp["saturates_at"]),
    ];
  });
  return [...whole, ...ramps];
}

function differenceOf(what: string, before: unknown, after: unknown): readonly Difference[] {
  if (typeof before !== "number" || typeof after !== "number") return [];
  return [{ what, before, after, change_pct: before === 0 ? null : rounded(((after - before) / before) * 100) }];
}

const placeOf = (ramp: Run): string => `${ramp["node_id"]}:${ramp["model"]}`;

function rampsOf({ saturation }: Run): readonly Run[] {
  return Array.isArray(saturation) ? saturation.filter((ramp) => typeof ramp === "object" && ramp !== null) : [];
}

/** Every step of these runs as a line of comma-separated values, with a head line; a field is quoted where it has to be (RFC 4180). */
export function runsAsCsv(runs: readonly Run[]): string {
  const head =
    "run_id,timestamp,node_id,model,concurrency,requests,failures,per_s,latency_p50_ms,latency_p95_ms,ttft_p50_ms,ttft_p95_ms";
  const lines = runs.flatMap((run) =>
    rampsOf(run).flatMap((ramp) =>
      stepsOf(ramp).map((step) =>
        [
          run["run_id"],
          run["timestamp"],
          ramp["node_id"],
          ramp["model"],
          step["concurrency"],
          step["requests"],
          step["failures"],
          step["per_s"],
          step["latency_p50_ms"],
          step["latency_p95_ms"],
          step["ttft_p50_ms"],
          step["ttft_p95_ms"],
        ]
          .map(field)
          .join(","),
      ),
    ),
  );
  return [head, ...lines, ""].join("\r\n");
}

const stepsOf = ({ steps }: Run): readonly Run[] => (Array.isArray(steps) ? (steps as Run[]) : []);

/** A spreadsheet takes a text that begins with one of these for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

function field(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(String(value)) ? `'${String(value)}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
