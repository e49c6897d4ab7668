import type { LibraryModel } from "../models/library.ts";
import type { SimulatedMachine } from "../options.ts";
import type { Pace } from "../pace.ts";
import { createLifetime } from "./lifetime.ts";
import { loadedSize } from "./loaded-size.ts";
import { offloadSlowdown } from "./memory.ts";
import type { LoadPlan, Runner } from "./runner.ts";
import { createRunnerProcess } from "./runner-process.ts";
import { createSlots } from "./slots.ts";

/** The loaded models, one per set of weights. */
export interface RunnerStore {
  all(): readonly Runner[];
  /** The runner of these weights, however it was loaded. */
  of(model: LibraryModel): Runner | undefined;
  /** The same, if it was loaded as `plan` wants it. */
  usable(model: LibraryModel, plan: LoadPlan): Runner | undefined;
  /** Bytes that the model takes when it is loaded so. */
  sizeOf(model: LibraryModel, plan: LoadPlan): number;
  /** Adds a runner that is ready; it leaves by itself when its time is over. */
  start(model: LibraryModel, plan: LoadPlan, vramBytes: number): Runner;
}

/** What the store needs. */
export interface StoreParts {
  readonly numParallel: number;
  /** Milliseconds of a load without a keep-alive of its own; negative = for ever. */
  readonly keepAliveMs: number;
  readonly machine: Pick<SimulatedMachine, "vramBytes">;
  readonly pace: Pick<Pace, "now" | "wait">;
}

/** Creates an empty store. */
export function createRunnerStore(parts: StoreParts): RunnerStore {
  const runners = new Map<string, Runner>();
  const parallelOf = (model: LibraryModel) => (isSingle(model) ? 1 : parts.numParallel);
  const sizeOf = (model: LibraryModel, plan: LoadPlan) => loadedSize(model, plan.contextLength, parallelOf(model));
  return {
    sizeOf,
    all: () => [...runners.values()],
    of: (model) => runners.get(model.weights),
    usable(model, plan) {
      const runner = runners.get(model.weights);
      return runner !== undefined && isSamePlan(runner.plan, plan) ? runner : undefined;
    },
    start(model, plan, vramBytes) {
      const lifetime = createLifetime(parts, () => {
        if (runners.get(model.weights) === runner) runners.delete(model.weights);
      });
      const sizeBytes = sizeOf(model, plan);
      const slowdown = offloadSlowdown(sizeBytes, vramBytes, parts.machine);
      const slots = createSlots(parallelOf(model));
      const runner = {
        ...lifetime,
        model,
        plan,
        slots,
        process: createRunnerProcess(),
        sizeBytes,
        vramBytes,
        slowdown,
      };
      runners.set(model.weights, runner);
      return runner;
    },
  };
}

/** Architectures that Ollama 0.24 never runs with more than one answer at a time. */
const singleFamilies: ReadonlySet<string> = new Set([
  "mllama",
  "qwen3vl",
  "qwen3vlmoe",
  "qwen35",
  "qwen35moe",
  "qwen3next",
  "lfm2",
  "lfm2moe",
  "nemotron_h",
  "nemotron_h_moe",
  "nemotron_h_omni",
]);

/** Models that only embed are loaded for one request at a time too. */
function isSingle(model: LibraryModel): boolean {
  return singleFamilies.has(model.family) || !model.capabilities.includes("completion");
}

function isSamePlan(one: LoadPlan, other: LoadPlan): boolean {
  return one.contextLength === other.contextLength && one.settings === other.settings;
}
