import type { Storage } from "./disk/storage.ts";
import type { FaultSwitch } from "./faults/fault-switch.ts";
import type { Library } from "./models/library.ts";
import type { SimulatedMachine, SimulatedOllamaOptions } from "./options.ts";
import type { Pace } from "./pace.ts";
import type { Scheduler } from "./runners/scheduler.ts";
import type { VersionFeatures } from "./versions/version-table.ts";

/** The simulated node, as its routes see it. */
export interface SimulatedNode {
  readonly version: string;
  /** What that version does otherwise than others. */
  readonly features: VersionFeatures;
  /** Tokens of context for a request that names none. */
  readonly defaultContext: number;
  readonly machine: SimulatedMachine;
  readonly library: Library;
  /** The disk, and where it is filled from. */
  readonly storage: Storage;
  readonly scheduler: Scheduler;
  readonly faults: FaultSwitch;
  readonly pace: Pace;
  /** What its models say in free text; `undefined` = pseudo text. */
  readonly speak: SimulatedOllamaOptions["speak"];
  /** Numbers from 0 up to 1, for ids. */
  readonly random: () => number;
}
