/**
 * Which model is loaded when. As in Ollama: a request for a loaded model that needs no reload is let through at once and
 * counted nowhere; every other one goes into a bounded queue whose head is served alone, one load or one wait for an
 * eviction at a time, so that a long answer of one model delays everybody behind it.
 */
import type { LibraryModel } from "../models/library.ts";
import type { SimulatedMachine } from "../options.ts";
import type { Pace } from "../pace.ts";
import { grantLease, type LeaseRequest, type LeaseResult } from "./lease.ts";
import { loadedSize } from "./loaded-size.ts";
import { placeModel } from "./memory.ts";
import type { LoadPlan, Runner } from "./runner.ts";
import { createRunnerStore, type RunnerStore } from "./runner-store.ts";
import { type Entry, serveEntry } from "./serve-entry.ts";

/** Loads, keeps and unloads models. */
export interface Scheduler {
  acquire(request: LeaseRequest): Promise<LeaseResult>;
  /** Unloads at once when idle, else after the last request. */
  unload(model: LibraryModel): void;
  loaded(): readonly Runner[];
  /** Whether a request waits for a load. */
  isWorking(): boolean;
  /** Loads without time passing. */
  preload(model: LibraryModel, plan: LoadPlan): void;
  /** Drops every model, as the end of the process does. */
  clear(): void;
}

/** What the scheduler needs. `failLoad` gives the text of a load that is to fail. */
export interface SchedulerDependencies {
  readonly machine: SimulatedMachine;
  readonly numParallel: number;
  readonly maxLoadedModels: number;
  readonly maxQueue: number;
  readonly pace: Pace;
  readonly failLoad: (model: LibraryModel) => string | undefined;
}

/** Creates a scheduler with nothing loaded. */
export function createScheduler(dependencies: SchedulerDependencies): Scheduler {
  const store = createRunnerStore(dependencies.numParallel, dependencies.pace);
  const pending: Entry[] = [];
  let isServing = false;
  const serveAll = async () => {
    isServing = true;
    for (let entry = pending.shift(); entry !== undefined; entry = pending.shift()) {
      await serveEntry(entry, { ...dependencies, store });
    }
    isServing = false;
  };
  return {
    acquire(request) {
      if (request.signal.aborted) return Promise.reject(request.signal.reason);
      const runner = store.usable(request.model, request.plan);
      if (runner !== undefined) return Promise.resolve(grantLease(runner, request, 0));
      if (isServing && pending.length >= dependencies.maxQueue) return Promise.resolve({ kind: "queue-full" });
      return new Promise((settle, drop) => {
        pending.push(watch({ request, settle, drop }, pending));
        if (!isServing) void serveAll();
      });
    },
    unload: (model) => store.of(model)?.expire(),
    loaded: store.all,
    isWorking: () => isServing,
    preload: (model, plan) => preload(store, dependencies.machine, { model, plan }),
    clear() {
      for (const runner of store.all()) runner.kill();
    },
  };
}

/** Takes a request out of the queue as soon as its client leaves. */
function watch(entry: Entry, pending: Entry[]): Entry {
  const { signal } = entry.request;
  const leave = () => {
    const index = pending.indexOf(entry);
    if (index >= 0) pending.splice(index, 1);
    entry.drop(signal.reason);
  };
  signal.addEventListener("abort", leave, { once: true });
  return entry;
}

function preload(store: RunnerStore, machine: SimulatedMachine, wanted: { model: LibraryModel; plan: LoadPlan }): void {
  const size = loadedSize(wanted.model, wanted.plan.contextLength, store.numParallel);
  const placement = placeModel(size, machine, store.all());
  const runner = store.start(wanted.model, wanted.plan, placement.kind === "fits" ? placement.vramBytes : 0);
  runner.enter(undefined);
  runner.leave();
}
