/**
 * Which model is loaded when. As in Ollama: a request for a loaded model that needs no reload is let through at once and
 * counted nowhere; every other one goes into a bounded queue whose head is served alone, one load or one wait for an
 * eviction at a time, so that a long answer of one model delays everybody behind it.
 */
import type { LibraryModel } from "../models/library.ts";
import type { SimulatedMachine } from "../options.ts";
import type { Pace } from "../pace.ts";
import { createHealth } from "./health.ts";
import { grantLease, type LeaseRequest, type LeaseResult } from "./lease.ts";
import { placeModel } from "./memory.ts";
import { createPendingQueue } from "./pending-queue.ts";
import type { LoadPlan, Runner } from "./runner.ts";
import { createRunnerStore, type RunnerStore } from "./runner-store.ts";
import { serveEntry } from "./serve-entry.ts";

/** Loads, keeps and unloads models. */
export interface Scheduler {
  acquire(request: LeaseRequest): Promise<LeaseResult>;
  /**
   * Unloads at once when idle, else after the last request. Settles when the wish was taken: that waits while the node
   * waits for a sign of the model's process.
   */
  unload(model: LibraryModel): Promise<void>;
  loaded(): readonly Runner[];
  /** The loaded runner of this model's weights. */
  runnerOf(model: LibraryModel): Runner | undefined;
  /** Whether a request waits for a load. */
  isWorking(): boolean;
  /** Loads without time passing. */
  preload(model: LibraryModel, plan: LoadPlan): void;
  /**
   * Drops every model, as the end of the node does. With `leavesOrphans` their processes live on and keep their memory,
   * as after SIGKILL, which a node cannot pass on.
   */
  clear(leavesOrphans?: boolean): void;
  /** Processes that the end of a node left behind. */
  orphans(): readonly Runner[];
  /** Ends the processes that were left behind. */
  reapOrphans(): void;
}

/** What the scheduler needs. `failLoad` gives the text of a load that is to fail. */
export interface SchedulerDependencies {
  readonly machine: SimulatedMachine;
  readonly numParallel: number;
  readonly maxLoadedModels: number;
  readonly maxQueue: number;
  readonly keepAliveMs: number;
  readonly pace: Pace;
  readonly failLoad: (model: LibraryModel) => string | undefined;
}

/** Creates a scheduler with nothing loaded. */
export function createScheduler(dependencies: SchedulerDependencies): Scheduler {
  const store = createRunnerStore(dependencies);
  const health = createHealth(dependencies.pace);
  const queue = createPendingQueue(dependencies.maxQueue, (entry) =>
    serveEntry(entry, { ...dependencies, machine: freeMachine(), store, health }),
  );
  let orphans: readonly Runner[] = [];
  const freeMachine = () => withoutOrphans(dependencies.machine, orphans);
  const acquire = async (request: LeaseRequest, runner: Runner | undefined): Promise<LeaseResult> => {
    if (runner !== undefined && (await health.answers(runner, request.signal))) return grantLease(runner, request, 0);
    return await queue.push(request);
  };
  return {
    acquire(wanted) {
      if (wanted.signal.aborted) return Promise.reject(wanted.signal.reason);
      const request = { ...wanted, plan: completePlan(wanted) };
      const runner = store.usable(request.model, request.plan);
      if (runner?.process.state() === "running") return Promise.resolve(grantLease(runner, request, 0));
      return acquire(request, runner);
    },
    async unload(model) {
      const runner = store.of(model);
      if (runner === undefined) return;
      await health.untilPinged(runner);
      runner.expire();
    },
    loaded: store.all,
    runnerOf: store.of,
    isWorking: queue.isServing,
    preload: (model, plan) => preload(store, freeMachine(), { model, plan: completePlan({ model, plan }) }),
    clear(leavesOrphans = false) {
      if (leavesOrphans) orphans = [...orphans, ...store.all()];
      for (const runner of store.all()) runner.kill();
    },
    orphans: () => orphans,
    reapOrphans() {
      orphans = [];
    },
  };
}

/** A model that sees needs room for the tokens of a picture. */
const leastVisionContext = 2048;

/** What the model itself says of how it is to be loaded. */
function completePlan({ model, plan }: Pick<LeaseRequest, "model" | "plan">): LoadPlan {
  const least = model.capabilities.includes("vision") ? leastVisionContext : 0;
  const adapters = (model.adapters ?? []).map(({ digest }) => ` adapter=${digest}`).join("");
  return { contextLength: Math.max(plan.contextLength, least), settings: `${plan.settings}${adapters}` };
}

/** What the orphans leave of the machine. */
function withoutOrphans(machine: SimulatedMachine, orphans: readonly Runner[]): SimulatedMachine {
  const vramBytes = orphans.reduce((rest, runner) => rest - runner.vramBytes, machine.vramBytes);
  const memoryBytes = orphans.reduce(
    (rest, runner) => rest - (runner.sizeBytes - runner.vramBytes),
    machine.memoryBytes,
  );
  return { ...machine, vramBytes: Math.max(0, vramBytes), memoryBytes: Math.max(0, memoryBytes) };
}

function preload(store: RunnerStore, machine: SimulatedMachine, wanted: { model: LibraryModel; plan: LoadPlan }): void {
  const placement = placeModel(store.sizeOf(wanted.model, wanted.plan), machine, store.all());
  const runner = store.start(wanted.model, wanted.plan, placement.kind === "fits" ? placement.vramBytes : 0);
  runner.enter(undefined);
  runner.leave();
}
