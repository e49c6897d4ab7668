import type { LibraryModel } from "../models/library.ts";
import type { Lifetime } from "./lifetime.ts";
import type { RunnerProcess } from "./runner-process.ts";
import type { Slots } from "./slots.ts";

/** How a model is loaded; a request that wants another way needs a reload. */
export interface LoadPlan {
  /** Tokens per slot. */
  readonly contextLength: number;
  /** The other options that decide at load time, as one comparable text. */
  readonly settings: string;
}

/** One loaded model. */
export interface Runner extends Lifetime {
  readonly model: LibraryModel;
  readonly plan: LoadPlan;
  readonly slots: Slots;
  readonly process: RunnerProcess;
  readonly sizeBytes: number;
  readonly vramBytes: number;
  /** How much longer everything takes than with the whole model in the machine's best memory; at least 1. */
  readonly slowdown: number;
}
