import type { LibraryModel } from "../models/library.ts";
import type { Pace } from "../pace.ts";
import { createLifetime } from "./lifetime.ts";
import { loadedSize } from "./loaded-size.ts";
import type { LoadPlan, Runner } from "./runner.ts";
import { createSlots } from "./slots.ts";

/** The loaded models, one per set of weights. */
export interface RunnerStore {
  readonly numParallel: number;
  all(): readonly Runner[];
  /** The runner of these weights, however it was loaded. */
  of(model: LibraryModel): Runner | undefined;
  /** The same, if it was loaded as `plan` wants it. */
  usable(model: LibraryModel, plan: LoadPlan): Runner | undefined;
  /** Adds a runner that is ready; it leaves by itself when its time is over. */
  start(model: LibraryModel, plan: LoadPlan, vramBytes: number): Runner;
}

/** Creates an empty store. */
export function createRunnerStore(numParallel: number, pace: Pick<Pace, "now" | "wait">): RunnerStore {
  const runners = new Map<string, Runner>();
  return {
    numParallel,
    all: () => [...runners.values()],
    of: (model) => runners.get(model.digest),
    usable(model, plan) {
      const runner = runners.get(model.digest);
      return runner !== undefined && isSamePlan(runner.plan, plan) ? runner : undefined;
    },
    start(model, plan, vramBytes) {
      const lifetime = createLifetime(pace, () => {
        if (runners.get(model.digest) === runner) runners.delete(model.digest);
      });
      const sizeBytes = loadedSize(model, plan.contextLength, numParallel);
      const runner = { ...lifetime, model, plan, slots: createSlots(numParallel), sizeBytes, vramBytes };
      runners.set(model.digest, runner);
      return runner;
    },
  };
}

function isSamePlan(one: LoadPlan, other: LoadPlan): boolean {
  return one.contextLength === other.contextLength && one.settings === other.settings;
}
