import type { FaultSwitch } from "./faults/fault-switch.ts";
import type { Library } from "./models/library.ts";
import type { SimulatedMachine } from "./options.ts";
import type { Pace } from "./pace.ts";
import type { Scheduler } from "./runners/scheduler.ts";

/** The simulated node, as its routes see it. */
export interface SimulatedNode {
  readonly version: string;
  /** Tokens of context for a request that names none. */
  readonly defaultContext: number;
  readonly machine: SimulatedMachine;
  readonly library: Library;
  readonly scheduler: Scheduler;
  readonly faults: FaultSwitch;
  readonly pace: Pace;
  /** Numbers from 0 up to 1, for ids. */
  readonly random: () => number;
}
