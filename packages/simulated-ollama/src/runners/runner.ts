import type { LibraryModel } from "../models/library.ts";
import type { Lifetime } from "./lifetime.ts";
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
  readonly sizeBytes: number;
  readonly vramBytes: number;
}
