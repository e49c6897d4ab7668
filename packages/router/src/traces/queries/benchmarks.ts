import { benchmarkColumns } from "../../storage/benchmark-store.ts";
import type { Connection } from "../../storage/connection.ts";
import { parseJson } from "../../storage/parse-json.ts";

/** Which runs. */
export interface BenchmarksQuestion {
  /** Newest first; at most 500. */
  readonly limit: number;
  /** Only this one. */
  readonly runId?: string | undefined;
}

/** A run as stored, its JSON read. */
export type BenchmarkRun = Readonly<Record<string, unknown>> & { readonly run_id: string };

const MOST_RUNS = 500;
const jsonColumns: ReadonlySet<string> = new Set([
  "fleet_snapshot",
  "per_model_results",
  "per_node_results",
  "peak_utilization",
  "saturation",
]);

/** Which benchmark runs were there? */
export function createBenchmarks(connection: Connection): (question: BenchmarksQuestion) => readonly BenchmarkRun[] {
  const list = benchmarkColumns.join(", ");
  const newest = connection.prepare<[number], Record<string, unknown>>(
    `SELECT ${list} FROM benchmark_runs ORDER BY timestamp DESC, id DESC LIMIT ?`,
  );
  const one = connection.prepare<[string], Record<string, unknown>>(
    `SELECT ${list} FROM benchmark_runs WHERE run_id = ?`,
  );
  return ({ limit, runId }) => {
    const rows = runId === undefined ? newest.all(Math.min(Math.max(1, limit), MOST_RUNS)) : one.all(runId);
    return rows.map(readRun);
  };
}

const readRun = (row: Record<string, unknown>): BenchmarkRun =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      jsonColumns.has(name) ? (parseJson(value as string | null) ?? null) : value,
    ]),
  ) as BenchmarkRun;
