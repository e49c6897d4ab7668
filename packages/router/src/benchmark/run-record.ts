import type { FleetSnapshot } from "../domain/fleet-snapshot.ts";
import type { BenchmarkMode } from "./benchmark-order.ts";
import type { PeakUse } from "./fleet-watch.ts";
import type { TargetResult } from "./measure-target.run.ts";
import { saturationOf } from "./ramp.ts";
import { firstTokensOf, percentile, rounded, type Sample } from "./step-result.ts";

/** A run that has ended, by whatever way, or has just begun. */
export interface EndedRun {
  readonly runId: string;
  readonly mode: BenchmarkMode;
  /** `running` while it goes on; `interrupted` when the router stopped meanwhile. */
  readonly status: "running" | "complete" | "cancelled" | "error" | "interrupted";
  readonly error: string | undefined;
  /** Unix epoch ms. */
  readonly beganAt: number;
  readonly seconds: number;
  readonly fleet: FleetSnapshot;
  readonly results: readonly TargetResult[];
  readonly peaks: readonly PeakUse[];
}

/** The row of a run: the predecessor's columns, then ours. */
export function runRecord(run: EndedRun) {
  const samples = run.results.flatMap((result) => result.samples);
  const good = samples.filter(({ isOk }) => isOk);
  const latencies = good.map(({ latencyMs }) => latencyMs);
  const firsts = firstTokensOf(good);
  const perSecond = (count: number): number | null => (run.seconds > 0 ? rounded(count / run.seconds) : null);
  return {
    run_id: run.runId,
    timestamp: run.beganAt / 1000,
    duration_s: rounded(run.seconds),
    total_requests: good.length,
    total_failures: samples.length - good.length,
    total_prompt_tokens: sumOf(good, "promptTokens"),
    total_completion_tokens: sumOf(good, "outputTokens"),
    requests_per_sec: perSecond(good.length),
    tokens_per_sec: perSecond(sumOf(good, "outputTokens")),
    latency_p50_ms: percentile(latencies, 0.5),
    latency_p95_ms: percentile(latencies, 0.95),
    latency_p99_ms: percentile(latencies, 0.99),
    ttft_p50_ms: percentile(firsts, 0.5),
    ttft_p95_ms: percentile(firsts, 0.95),
    ttft_p99_ms: percentile(firsts, 0.99),
    fleet_snapshot: JSON.stringify(fleetOf(run)),
    per_model_results: JSON.stringify(modelsOf(run)),
    per_node_results: JSON.stringify(nodesOf(run)),
    peak_utilization: JSON.stringify(run.peaks),
    mode: run.mode,
    status: run.status,
    saturation: JSON.stringify(run.results.map(rampOf)),
    error: run.error ?? null,
  };
}

const sumOf = (samples: readonly Sample[], field: "promptTokens" | "outputTokens"): number =>
  samples.reduce((sum, sample) => sum + sample[field], 0);

function fleetOf({ fleet, results }: EndedRun) {
  const measured = new Set(results.map(({ target }) => target.nodeId));
  return {
    nodes: fleet.nodes
      .filter((node) => measured.has(node.nodeId))
      .map((node) => ({
        node_id: node.nodeId,
        cores: node.cpu.cores_physical,
        memory_total_gb: node.memory.total_gb,
        memory_available_gb: node.memory.available_gb,
        ...(node.isSimulated ? { simulated: true } : {}),
      })),
    models: results.map(({ target, steps }) => ({
      name: target.model,
      node_id: target.nodeId,
      size_gb: target.sizeGb,
      concurrency: steps.reduce((most, step) => Math.max(most, step.concurrency), 0),
      model_type: target.type,
    })),
  };
}

function modelsOf({ results }: EndedRun) {
  const names = [...new Set(results.map(({ target }) => target.model))];
  return names.map((model) => {
    const own = results.filter(({ target }) => target.model === model);
    const good = own.flatMap((result) => result.samples.filter(({ isOk }) => isOk));
    return {
      model,
      model_type: own[0]?.target.type,
      requests: good.length,
      tok_s: rounded(own.reduce((sum, result) => sum + bestOf(result), 0)),
      avg_latency_ms: meanOf(good.map(({ latencyMs }) => latencyMs)),
      avg_ttft_ms: meanOf(firstTokensOf(good)),
    };
  });
}

function nodesOf({ results }: EndedRun) {
  const all = results.reduce((sum, result) => sum + goodOf(result).length, 0);
  return [...new Set(results.map(({ target }) => target.nodeId))].map((node) => {
    const own = results.filter(({ target }) => target.nodeId === node);
    const requests = own.reduce((sum, result) => sum + goodOf(result).length, 0);
    return {
      node_id: node,
      requests,
      pct: all === 0 ? 0 : rounded((requests / all) * 100),
      tok_s: rounded(own.reduce((best, result) => Math.max(best, bestOf(result)), 0)),
      tokens: own.reduce((sum, result) => sum + sumOf(goodOf(result), "outputTokens"), 0),
    };
  });
}

/** The ramp of one node and model, and where more at once brought nothing. */
const rampOf = ({ target, steps, ended, warmUpMs, samples, disturbances }: TargetResult) => ({
  node_id: target.nodeId,
  model: target.model,
  model_type: target.type,
  was_loaded: target.wasLoaded,
  warm_up_ms: warmUpMs === undefined ? null : rounded(warmUpMs),
  saturates_at: saturationOf(steps),
  best_per_s: bestOf({ steps }),
  disturbances,
  ended,
  steps: steps.map((step) => ({
    concurrency: step.concurrency,
    requests: step.requests,
    failures: step.failures,
    seconds: step.seconds,
    per_s: step.perSecond,
    latency_p50_ms: step.latencyP50Ms,
    latency_p95_ms: step.latencyP95Ms,
    ttft_p50_ms: step.firstTokenP50Ms,
    ttft_p95_ms: step.firstTokenP95Ms,
  })),
  errors: [...new Set(samples.flatMap(({ error }) => (error === undefined ? [] : [error])))].slice(0, 3),
});

const goodOf = ({ samples }: TargetResult): readonly Sample[] => samples.filter(({ isOk }) => isOk);
const bestOf = ({ steps }: Pick<TargetResult, "steps">): number =>
  steps.reduce((best, step) => Math.max(best, step.perSecond), 0);
const meanOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : rounded(values.reduce((sum, value) => sum + value, 0) / values.length);
