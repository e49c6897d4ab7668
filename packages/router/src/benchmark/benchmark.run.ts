import type { BenchmarkOrder, BenchmarkTarget } from "./benchmark-order.ts";
import { FleetWatch } from "./fleet-watch.ts";
import { type MeasureParts, measureTarget, type TargetResult } from "./measure-target.run.ts";
import { planBenchmark } from "./plan-benchmark.ts";
import { IDLE, type Progress, type PullProgress, progressOf, type Running } from "./progress.ts";
import { pullModel } from "./pull-model.run.ts";
import { restoreLoaded } from "./restore-loaded.run.ts";
import { type EndedRun, runRecord } from "./run-record.ts";
import { type LoadSources, OwnRequests } from "./sharing/own-requests.ts";

/** What a benchmark works on. */
export interface BenchmarkParts extends LoadSources {
  /** The router's own address; undefined before it listens. */
  readonly url: () => string | undefined;
  /** Keeps the row of a run. @throws the database's error. */
  readonly save: (run: ReturnType<typeof runRecord>) => void;
  readonly onProblem: (error: unknown, what: string) => void;
  /** Unix epoch ms. */
  readonly epochNow: () => number;
  /** ms, never going back. */
  readonly now: () => number;
}

/** What became of an order. */
export type BenchmarkStart =
  | { readonly kind: "started"; readonly runId: string; readonly targets: readonly BenchmarkTarget[] }
  | { readonly kind: "running"; readonly progress: Progress }
  | { readonly kind: "nothing"; readonly why: string };

/** Measures the fleet, one run at a time. */
export interface Benchmark {
  readonly start: (order: BenchmarkOrder) => BenchmarkStart;
  readonly progress: () => Progress;
  /** False when none runs. */
  readonly cancel: () => boolean;
  /** Cancels and waits until the run has ended. */
  readonly close: () => Promise<void>;
}

const LOOK_EVERY_MS = 3_000;

/** Builds it, idle. */
export function createBenchmark(parts: BenchmarkParts): Benchmark {
  return new BenchmarkRunner(parts);
}

class BenchmarkRunner implements Benchmark {
  readonly #parts: BenchmarkParts;
  #running: (Running & { readonly ended: Promise<void> }) | undefined;
  /** Ends what the run is at: the measuring, later the restoring. */
  #abort = new AbortController();
  #last: Progress = IDLE;
  #seed = 0;
  #lastSecond = 0;
  readonly #own: OwnRequests;

  constructor(parts: BenchmarkParts) {
    this.#parts = parts;
    this.#own = new OwnRequests(parts);
  }

  readonly start = (order: BenchmarkOrder): BenchmarkStart => {
    const { fleet, url, epochNow, now } = this.#parts;
    if (this.#running !== undefined) return { kind: "running", progress: this.progress() };
    const own = url();
    if (own === undefined) return { kind: "nothing", why: "the router does not listen yet" };
    const plan = planBenchmark(order, fleet());
    if (plan.kind === "nothing") return plan;
    const running: Running = {
      runId: this.#nextId(),
      order,
      targets: plan.targets,
      beganAt: epochNow(),
      startedAt: now(),
      measuringSince: undefined,
      phase: "warming_up",
      yielding: 0,
      disturbances: 0,
      done: 0,
      failed: 0,
      tokens: 0,
      pulled: [],
      pull: undefined,
      isCancelled: false,
      isInterrupted: false,
    };
    const abort = new AbortController();
    this.#abort = abort;
    this.#seed = Math.floor(epochNow()) % 1_000_000;
    // The turn is over before the run begins: whoever asked has the answer first.
    const ended = Promise.resolve().then(() => this.#run(running, { abort, url: own }));
    this.#running = Object.assign(running, { ended });
    return { kind: "started", runId: running.runId, targets: plan.targets };
  };

  readonly progress = (): Progress =>
    this.#running === undefined ? this.#last : progressOf(this.#running, this.#parts.now());

  readonly cancel = (): boolean => {
    if (this.#running === undefined) return false;
    this.#running.isCancelled = true;
    this.#abort.abort();
    return true;
  };

  readonly close = async (): Promise<void> => {
    const { ended } = this.#running ?? {};
    if (this.#running !== undefined) this.#running.isInterrupted = true;
    this.cancel();
    await ended;
  };

  async #run(running: Running, way: Way): Promise<void> {
    const watch = new FleetWatch();
    const nodes = new Set(running.targets.map(({ nodeId }) => nodeId));
    const look = (): void => watch.look(this.#parts.fleet(), nodes, this.#parts.activeOn);
    const timer = setInterval(look, LOOK_EVERY_MS);
    const before = this.#parts.fleet();
    const begun = { ...identity(running), fleet: before, results: [], peaks: [], error: undefined };
    // If the router is killed meanwhile, the next start finds it.
    this.#keep({ ...begun, status: "running", seconds: 0 });
    let error: string | undefined;
    let results: readonly TargetResult[] = [];
    try {
      await this.#pullMissing(running, way);
      results = await this.#measureNodes(running, way);
    } catch (thrown) {
      error = thrown instanceof Error ? thrown.message : String(thrown);
      this.#parts.onProblem(thrown, "a benchmark run ended early");
    }
    clearInterval(timer);
    look();
    const seconds = (this.#parts.now() - (running.measuringSince ?? running.startedAt)) / 1000;
    // What was measured does not change any more, whoever ends the restoring.
    const status = statusOf(running, error);
    this.#keep({ ...begun, status, error, seconds, results, peaks: watch.result() });
    running.phase = "restoring";
    // One of its own: a run that was cancelled restores what it pushed out, too.
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    if (!running.isInterrupted)
      await restoreLoaded({ before, after: this.#parts.fleet(), nodes, url: way.url, signal });
    this.#last = { ...progressOf(running, this.#parts.now()), status, phase: status, error: error ?? null };
    this.#running = undefined;
  }

  /** Seconds, as the predecessor has them; two runs of one second have two. */
  #nextId(): string {
    this.#lastSecond = Math.max(Math.floor(this.#parts.epochNow() / 1000), this.#lastSecond + 1);
    return `bench-${this.#lastSecond}`;
  }

  async #pullMissing(running: Running, { abort, url }: Way): Promise<void> {
    for (const target of running.targets.filter(({ mustPull }) => mustPull)) {
      running.phase = "pulling";
      const onProgress = (pull: PullProgress): void => {
        running.pull = pull;
      };
      await pullModel({ url, target, signal: abort.signal, onProgress });
      running.pulled.push(target.model);
    }
    running.pull = undefined;
    running.phase = "warming_up";
  }

  /** Nodes are measured side by side; the models of one node after each other, since they share its memory. */
  async #measureNodes(running: Running, way: Way): Promise<readonly TargetResult[]> {
    const nodes = [...new Set(running.targets.map(({ nodeId }) => nodeId))];
    const results = await Promise.all(
      nodes.map((node) =>
        this.#measureNode(
          running.targets.filter(({ nodeId }) => nodeId === node),
          { running, way },
        ),
      ),
    );
    return results.flat();
  }

  async #measureNode(
    targets: readonly BenchmarkTarget[],
    { running, way }: { readonly running: Running; readonly way: Way },
  ): Promise<readonly TargetResult[]> {
    const results: TargetResult[] = [];
    for (const target of targets) {
      if (way.abort.signal.aborted) break;
      results.push(await measureTarget(target, this.#measuring(running, way, targets.length)));
    }
    return results;
  }

  #measuring(running: Running, { abort, url }: Way, share: number): MeasureParts {
    const { now } = this.#parts;
    let until = Number.POSITIVE_INFINITY;
    return {
      order: running.order,
      url,
      signal: abort.signal,
      now,
      until: () => until,
      nextSeed: () => (this.#seed += 1),
      stateOf: this.#own.stateOf,
      onSend: this.#own.begin,
      onYield: (isWaiting) => {
        running.yielding += isWaiting ? 1 : -1;
        running.disturbances += isWaiting ? 1 : 0;
      },
      onWarm: () => {
        running.measuringSince ??= now();
        running.phase = "running";
        until = now() + (running.order.durationS * 1000) / share;
      },
      onSample: ({ isOk, outputTokens }) => {
        running.done += isOk ? 1 : 0;
        running.failed += isOk ? 0 : 1;
        running.tokens += outputTokens;
      },
    };
  }

  #keep(run: EndedRun): void {
    try {
      this.#parts.save(runRecord(run));
    } catch (error) {
      this.#parts.onProblem(error, "a benchmark run could not be stored");
    }
  }
}

interface Way {
  readonly abort: AbortController;
  readonly url: string;
}

const identity = ({ runId, order, beganAt }: Running) => ({ runId, mode: order.mode, beganAt });

function statusOf({ isCancelled, isInterrupted }: Running, error: string | undefined) {
  if (isInterrupted) return "interrupted";
  if (isCancelled) return "cancelled";
  return error === undefined ? "complete" : "error";
}
