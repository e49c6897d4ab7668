import { z } from "zod";
import { saturationForm } from "./saturation-text.ts";

const amount = z.number().nullish().catch(undefined);
const words = z.string().nullish().catch(undefined);

/** Whatever it holds: its members are shown as a table. */
const records = z
  .array(z.record(z.string(), z.unknown()))
  .nullish()
  .catch(undefined)
  .transform((list) => list ?? []);

/** One stored run, as far as it is shown. */
export const runForm = z.object({
  run_id: z.string(),
  timestamp: z.number().catch(0),
  duration_s: amount,
  mode: words,
  status: words,
  error: words,
  total_requests: amount,
  total_failures: amount,
  requests_per_sec: amount,
  tokens_per_sec: amount,
  latency_p50_ms: amount,
  latency_p95_ms: amount,
  ttft_p50_ms: amount,
  ttft_p95_ms: amount,
  per_model_results: records,
  per_node_results: records,
  saturation: saturationForm,
});

/** One stored run. */
export type Run = z.output<typeof runForm>;

/** `GET /dashboard/api/benchmarks/progress`, as far as it is shown. */
export const progressForm = z.object({
  status: z.string(),
  phase: words,
  elapsed: amount,
  duration: amount,
  requests_completed: amount,
  requests_failed: amount,
  tok_per_sec: amount,
  error: words,
  run_id: words,
  pull_progress: z.object({ model: words, node_id: words, pct: amount }).nullish().catch(undefined),
});
