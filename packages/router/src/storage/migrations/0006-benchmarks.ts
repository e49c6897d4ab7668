import type { Migration } from "../opening/migrate.ts";

/** Benchmark runs: the predecessor's columns, then ours. Times of a run are Unix epoch seconds. */
export const benchmarks0006: Migration = {
  version: 6,
  name: "benchmarks",
  tables: [
    {
      name: "benchmark_runs",
      columns: {
        id: "INTEGER PRIMARY KEY AUTOINCREMENT",
        run_id: "TEXT UNIQUE NOT NULL",
        timestamp: "REAL NOT NULL",
        duration_s: "REAL NOT NULL",
        total_requests: "INTEGER NOT NULL",
        total_failures: "INTEGER NOT NULL",
        total_prompt_tokens: "INTEGER NOT NULL",
        total_completion_tokens: "INTEGER NOT NULL",
        requests_per_sec: "REAL",
        tokens_per_sec: "REAL",
        latency_p50_ms: "REAL",
        latency_p95_ms: "REAL",
        latency_p99_ms: "REAL",
        ttft_p50_ms: "REAL",
        ttft_p95_ms: "REAL",
        ttft_p99_ms: "REAL",
        fleet_snapshot: "TEXT",
        per_model_results: "TEXT",
        per_node_results: "TEXT",
        peak_utilization: "TEXT",
        mode: "TEXT",
        status: "TEXT",
        saturation: "TEXT",
        error: "TEXT",
      },
      indexes: [["timestamp"]],
    },
  ],
};
