import type { BenchmarkOrder } from "../../benchmark/benchmark-order.ts";
import { compareRuns, runsAsCsv } from "../../benchmark/compare-runs.ts";
import {
  addBenchmarkRoutes,
  type BenchmarkWish,
  type SavedRun,
} from "../../dashboard-api/benchmark/benchmark-routes.ts";
import type { DashboardScope } from "../../dashboard-api/scope/dashboard-scope.ts";
import { type BenchmarkRow, benchmarkColumns } from "../../storage/benchmark-store.ts";
import { stored } from "../../storage/storage-problem.ts";
import type { RouteSources } from "./route-sources.ts";

/** Adds the routes of benchmark runs. */
export function addBenchmark(scope: DashboardScope, { benchmark, stores, ownPort }: RouteSources): void {
  ownPort.use(scope.server);
  addBenchmarkRoutes(scope, {
    start: (wish) => benchmark.start(orderOf(wish)),
    progress: benchmark.progress,
    cancel: benchmark.cancel,
    list: (question) => stores.ask("benchmarks", question),
    save: (run) => stored(() => stores.benchmarks.save(rowOf(run))),
    compare: compareRuns,
    csv: runsAsCsv,
  });
}

const modes = { quick: "quick", default: "quick", full: "full", smart: "full", custom: "custom" } as const;

const orderOf = (wish: BenchmarkWish): BenchmarkOrder => ({
  mode: modes[wish.mode],
  durationS: wish.duration,
  types: wish.model_types,
  models: wish.models,
  nodes: wish.nodes,
  maxConcurrency: wish.max_concurrency,
  outputTokens: wish.output_tokens,
  pulls: wish.pull,
});

/** What a column cannot hold is left out; lists and objects are kept as JSON. */
function rowOf(run: SavedRun): BenchmarkRow {
  const numbers = { total_prompt_tokens: 0, total_completion_tokens: 0 };
  const all: Readonly<Record<string, unknown>> = { ...numbers, ...run };
  return Object.fromEntries(benchmarkColumns.map((name) => [name, columnOf(all[name])])) as BenchmarkRow;
}

function columnOf(value: unknown): string | number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "string") return value.slice(0, LONGEST_TEXT);
  return typeof value === "object" && value !== null ? JSON.stringify(value).slice(0, LONGEST_TEXT) : null;
}

/** A run over two hundred nodes and models takes about a tenth of it, characters. */
const LONGEST_TEXT = 1_000_000;
