import type { BenchmarkOrder, BenchmarkTarget } from "./benchmark-order.ts";
import { rounded } from "./step-result.ts";

/** A model on its way to a node. Sizes in bytes. */
export interface PullProgress {
  readonly model: string;
  readonly nodeId: string;
  readonly completed: number;
  readonly total: number;
  readonly status: string;
}

/** A run that is under way. */
export interface Running {
  readonly runId: string;
  readonly order: BenchmarkOrder;
  readonly targets: readonly BenchmarkTarget[];
  /** Unix epoch ms. */
  readonly beganAt: number;
  /** ms on the monotonic clock, like the next one. */
  readonly startedAt: number;
  /** When the first model was warm. */
  measuringSince: number | undefined;
  phase: "pulling" | "warming_up" | "running" | "restoring";
  /** Nodes that it waits for, because others want them. */
  yielding: number;
  /** How often it made room for others. */
  disturbances: number;
  done: number;
  failed: number;
  tokens: number;
  readonly pulled: string[];
  pull: PullProgress | undefined;
  isCancelled: boolean;
  /** The router stops. */
  isInterrupted: boolean;
}

/** How far a run is, in the predecessor's form. Times in seconds. */
export interface Progress {
  readonly status: "idle" | "pulling" | "warming_up" | "running" | "complete" | "error" | "cancelled" | "interrupted";
  readonly phase: string;
  readonly run_id?: string;
  readonly elapsed?: number;
  readonly duration?: number;
  readonly requests_completed?: number;
  readonly requests_failed?: number;
  readonly tok_per_sec?: number;
  readonly models?: readonly string[];
  readonly models_pulled?: readonly string[];
  readonly pull_progress?: object | null;
  /** How often it made room for other requests. */
  readonly disturbances?: number;
  readonly error?: string | null;
}

/** Before any run. */
export const IDLE: Progress = { status: "idle", phase: "idle" };

/** How far this run is at this moment, ms on the monotonic clock. */
export function progressOf(running: Running, now: number): Progress {
  const measured = running.measuringSince === undefined ? 0 : (now - running.measuringSince) / 1000;
  return {
    status: running.phase === "restoring" ? "running" : running.phase,
    phase: running.yielding > 0 ? "yielding" : running.phase,
    run_id: running.runId,
    elapsed: rounded((now - running.startedAt) / 1000),
    duration: running.order.durationS,
    requests_completed: running.done,
    requests_failed: running.failed,
    tok_per_sec: measured > 0 ? rounded(running.tokens / measured) : 0,
    models: [...new Set(running.targets.map(({ model }) => model))],
    models_pulled: running.pulled,
    pull_progress: running.pull === undefined ? null : pullOf(running.pull),
    disturbances: running.disturbances,
    error: null,
  };
}

const GIB = 2 ** 30;

const pullOf = ({ model, nodeId, completed, total, status }: PullProgress) => ({
  model,
  node_id: nodeId,
  pct: total > 0 ? rounded((completed / total) * 100) : 0,
  status,
  completed_gb: rounded(completed / GIB),
  total_gb: rounded(total / GIB),
});
