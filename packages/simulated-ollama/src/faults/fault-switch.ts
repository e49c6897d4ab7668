import { modelKey, parseModelName } from "../models/model-name.ts";
import type { Fault } from "./fault.ts";

/** Holds the fault that is switched on, and counts whom it met. */
export interface FaultSwitch {
  set(fault: Fault | undefined): void;
  current(): Fault | undefined;
  /** The fault, if it meets a request for this model and `kinds` contains it; uses up one of its `times`. */
  take(modelKey: string, isMet: (fault: Fault) => boolean): Fault | undefined;
}

/** Creates the switch, with nothing switched on. */
export function createFaultSwitch(): FaultSwitch {
  let current: Fault | undefined;
  let remaining = Number.POSITIVE_INFINITY;
  return {
    set(fault) {
      current = fault;
      remaining = fault?.times ?? Number.POSITIVE_INFINITY;
    },
    current: () => (remaining > 0 ? current : undefined),
    take(key, isMet) {
      if (current === undefined || remaining <= 0) return undefined;
      if (!meetsModel(current, key) || !isMet(current)) return undefined;
      remaining--;
      return current;
    },
  };
}

function meetsModel(fault: Fault, key: string): boolean {
  if (fault.model === undefined) return true;
  const name = parseModelName(fault.model);
  return name !== undefined && modelKey(name) === key;
}
