import type { Connection } from "./connection.ts";

/** A run as it is kept; lists and objects are JSON. Times are Unix epoch seconds. */
export type BenchmarkRow = Readonly<Record<(typeof columns)[number], string | number | null>>;

const columns = [
  "run_id",
  "timestamp",
  "duration_s",
  "total_requests",
  "total_failures",
  "total_prompt_tokens",
  "total_completion_tokens",
  "requests_per_sec",
  "tokens_per_sec",
  "latency_p50_ms",
  "latency_p95_ms",
  "latency_p99_ms",
  "ttft_p50_ms",
  "ttft_p95_ms",
  "ttft_p99_ms",
  "fleet_snapshot",
  "per_model_results",
  "per_node_results",
  "peak_utilization",
  "mode",
  "status",
  "saturation",
  "error",
] as const;

/** Names of the columns, in order. */
export const benchmarkColumns = columns;

/** Keeps benchmark runs. A run is one row, written once a run: no need to wait for others. */
export interface BenchmarkStore {
  /** Replaces a run of the same id. */
  save(run: BenchmarkRow): void;
}

/** Prepares the statement. Runs that went on when the router last ended without stopping will not go on. */
export function createBenchmarkStore(connection: Connection): BenchmarkStore {
  connection
    .prepare("UPDATE benchmark_runs SET status = 'interrupted', error = ? WHERE status = 'running'")
    .run("the router ended while it ran");
  const insert = connection.prepare(
    `INSERT OR REPLACE INTO benchmark_runs (${columns.join(", ")}) VALUES (${columns.map((name) => `@${name}`).join(", ")})`,
  );
  return { save: (run) => void insert.run(run) };
}
