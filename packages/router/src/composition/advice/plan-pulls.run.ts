import { randomUUID } from "node:crypto";

/** One model that a node is to get. */
export interface PullItem {
  readonly node_id: string;
  readonly model: string;
}

/** Whether a node can take a model now. */
export type PullRoom =
  | { readonly kind: "free" }
  | { readonly kind: "present" }
  | { readonly kind: "refused"; readonly why: string };

/** How one download of a plan stands. Sizes are bytes. */
export interface PullStep extends PullItem {
  readonly status: "waiting" | "pulling" | "done" | "present" | "failed" | "cancelled";
  readonly completed: number;
  readonly total: number;
  /** What the node says that it does. */
  readonly detail: string;
  readonly error?: string | undefined;
}

/** How a plan stands. */
export interface PlanProgress {
  readonly job_id: string | null;
  readonly status: "idle" | "running" | "complete" | "failed" | "cancelled";
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly steps: readonly PullStep[];
  readonly completed_bytes: number;
  readonly total_bytes: number;
}

/** What pulling a plan needs from outside. */
export interface PlanPullDependencies {
  /** Reads what judging the room needs. */
  readonly prepare: () => Promise<void>;
  /** Looked at again before each download: the disk may have filled. */
  readonly roomFor: (item: PullItem) => PullRoom;
  /** Pulls one model. @throws Error in the node's words; what the signal was aborted with */
  readonly pull: (
    item: PullItem,
    signal: AbortSignal,
    onProgress: (told: { readonly completed: number; readonly total: number; readonly status: string }) => void,
  ) => Promise<void>;
  /** Something on a disk has changed. */
  readonly onDone: () => void;
  /** Unix epoch ms. */
  readonly now: () => number;
}

const IDLE: PlanProgress = {
  job_id: null,
  status: "idle",
  started_at: null,
  ended_at: null,
  steps: [],
  completed_bytes: 0,
  total_bytes: 0,
};

/** Pulls a plan: on each node one model after the other, all nodes side by side. One plan at a time. */
export class PlanPulls {
  readonly #dependencies: PlanPullDependencies;
  #job: Job | undefined;

  constructor(dependencies: PlanPullDependencies) {
    this.#dependencies = dependencies;
  }

  /** The new job's progress; undefined while another one runs. */
  start(items: readonly PullItem[]): PlanProgress | undefined {
    if (this.#job !== undefined && this.#job.endedAt === undefined) return undefined;
    const job: Job = {
      id: randomUUID(),
      startedAt: this.#dependencies.now(),
      endedAt: undefined,
      abort: new AbortController(),
      steps: items.map((item) => ({ ...item, status: "waiting", completed: 0, total: 0, detail: "" })),
      ended: Promise.resolve(),
    };
    this.#job = job;
    job.ended = this.#run(job);
    return this.progress();
  }

  progress(): PlanProgress {
    const job = this.#job;
    if (job === undefined) return IDLE;
    const { id, startedAt, endedAt, steps } = job;
    return {
      job_id: id,
      status: statusOf(job),
      started_at: startedAt / 1000,
      ended_at: endedAt === undefined ? null : endedAt / 1000,
      steps: [...steps],
      completed_bytes: steps.reduce((sum, step) => sum + step.completed, 0),
      total_bytes: steps.reduce((sum, step) => sum + step.total, 0),
    };
  }

  /** Ends what runs; false when nothing does. What was downloaded is kept by Ollama for the next try. */
  cancel(): boolean {
    if (this.#job === undefined || this.#job.endedAt !== undefined) return false;
    this.#job.abort.abort(new Error("cancelled"));
    return true;
  }

  /** Resolves when nothing runs. */
  async settled(): Promise<void> {
    await this.#job?.ended;
  }

  /** Ends what runs and resolves when it has. */
  async close(): Promise<void> {
    this.cancel();
    await this.settled();
  }

  async #run(job: Job): Promise<void> {
    // Without it sizes are unknown, and an unknown size speaks against no disk.
    await this.#dependencies.prepare().catch(() => undefined);
    const nodes = [...new Set(job.steps.map(({ node_id }) => node_id))];
    await Promise.all(nodes.map((node) => this.#runOnNode(job, node)));
    job.endedAt = this.#dependencies.now();
  }

  async #runOnNode(job: Job, node: string): Promise<void> {
    for (const [at, step] of job.steps.entries()) {
      if (step.node_id === node) await this.#runStep(job, at, step);
    }
  }

  async #runStep(job: Job, at: number, step: PullStep): Promise<void> {
    const { roomFor, pull, onDone } = this.#dependencies;
    const become = (change: Partial<PullStep>): void => {
      job.steps[at] = { ...(job.steps[at] ?? step), ...change };
    };
    if (job.abort.signal.aborted) return become({ status: "cancelled" });
    const room = roomFor(step);
    if (room.kind === "present") return become({ status: "present", detail: "it is there already" });
    if (room.kind === "refused") return become({ status: "failed", error: room.why });
    become({ status: "pulling" });
    try {
      await pull(step, job.abort.signal, ({ completed, total, status }) =>
        become({ detail: status.slice(0, 200), ...(total > 0 ? { completed, total } : {}) }),
      );
      become({ status: "done", detail: "success" });
      onDone();
    } catch (error) {
      const wasCancelled = job.abort.signal.aborted;
      const why = error instanceof Error ? error.message : String(error);
      become(wasCancelled ? { status: "cancelled" } : { status: "failed", error: why.slice(0, 500) });
    }
  }
}

interface Job {
  readonly id: string;
  readonly startedAt: number;
  endedAt: number | undefined;
  readonly abort: AbortController;
  readonly steps: PullStep[];
  ended: Promise<void>;
}

function statusOf({ endedAt, steps, abort }: Job): PlanProgress["status"] {
  if (endedAt === undefined) return "running";
  if (abort.signal.aborted && steps.some(({ status }) => status === "cancelled")) return "cancelled";
  return steps.some(({ status }) => status === "failed") ? "failed" : "complete";
}
