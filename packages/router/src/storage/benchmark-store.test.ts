import { expect, test } from "vitest";
import { createBenchmarks } from "../traces/queries/benchmarks.ts";
import { type BenchmarkRow, benchmarkColumns, createBenchmarkStore } from "./benchmark-store.ts";
import { openStore } from "./testing/open-store.ts";

const numbers = { timestamp: 5, duration_s: 1, total_requests: 2, total_failures: 0 };
const row = (more: Partial<BenchmarkRow>): BenchmarkRow => ({
  ...(Object.fromEntries(benchmarkColumns.map((name) => [name, null])) as BenchmarkRow),
  ...numbers,
  total_prompt_tokens: 0,
  total_completion_tokens: 0,
  run_id: "bench-1",
  ...more,
});

test("a run that went on when the router was killed is found as interrupted, others stay as they are", () => {
  const { connection } = openStore();
  const store = createBenchmarkStore(connection);
  store.save(row({ status: "running" }));
  store.save(row({ run_id: "bench-2", status: "complete" }));
  createBenchmarkStore(connection);
  const runs = createBenchmarks(connection)({ limit: 5 });
  expect(runs.map(({ run_id, status }) => [run_id, status]).toSorted()).toEqual([
    ["bench-1", "interrupted"],
    ["bench-2", "complete"],
  ]);
});

test("runs come back newest first, with their lists; the same id is kept once", () => {
  const { connection } = openStore();
  const store = createBenchmarkStore(connection);
  store.save(row({}));
  store.save(row({ per_model_results: '[{"model":"m"}]' }));
  store.save(row({ run_id: "bench-2", timestamp: 9, saturation: "{broken" }));
  const ask = createBenchmarks(connection);
  expect(ask({ limit: 10 }).map(({ run_id }) => run_id)).toEqual(["bench-2", "bench-1"]);
  expect(ask({ limit: 1, runId: "bench-1" })[0]).toMatchObject({ per_model_results: [{ model: "m" }] });
  expect(ask({ limit: 10 })[0]).toMatchObject({ saturation: null });
  expect(ask({ limit: 5, runId: "' OR 1=1 --" })).toEqual([]);
});
