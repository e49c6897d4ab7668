import type { CutKind } from "./cut-marks.ts";
import type { Listener } from "./listener.ts";

/** Opens and closes the port for two reasons that must not undo each other: the process lives, and nobody refuses. */
export interface Gate {
  /** The process is dead or alive. */
  setAlive(isAlive: boolean): Promise<void>;
  /** Connections are refused although the process is alive. */
  setRefusing(isRefusing: boolean): void;
  /** Settles when the last change has taken effect. Rejects when the port could not be opened. */
  settled(): Promise<void>;
}

/** Puts a gate before a listener that is open. */
export function createGate(listener: Listener): Gate {
  let isAlive = true;
  let isRefusing = false;
  let settled: Promise<void> = Promise.resolve();
  const apply = (how: CutKind): Promise<void> => {
    if (isAlive && !isRefusing) {
      settled = listener.open().then(() => undefined);
      // Whoever waits for the change hears of a failure; without a waiter it must not end the process.
      settled.catch(() => undefined);
    } else {
      listener.close();
      listener.cutAll(how);
      settled = Promise.resolve();
    }
    return settled;
  };
  return {
    settled: () => settled,
    setAlive(wanted) {
      isAlive = wanted;
      return apply("fin");
    },
    setRefusing(wanted) {
      if (wanted === isRefusing) return;
      isRefusing = wanted;
      void apply("reset");
    },
  };
}
