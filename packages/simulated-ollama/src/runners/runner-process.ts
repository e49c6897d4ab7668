/** The process of one loaded model, which can be stopped and killed while the node believes that it is well. */
import type { Pace } from "../pace.ts";

/** What can be done to a process from outside. */
export type RunnerSignal = "SIGSTOP" | "SIGCONT" | "SIGKILL";

/** The signals, for reading one from JSON. */
export const runnerSignals: readonly RunnerSignal[] = ["SIGSTOP", "SIGCONT", "SIGKILL"];

/** What an answer meets whose runner died under it. */
export class RunnerDeath extends Error {
  override readonly name = "RunnerDeath";
}

/** One process. */
export interface RunnerProcess {
  state(): "running" | "stopped" | "dead";
  /** A dead process takes no signal any more. */
  signal(kind: RunnerSignal): void;
  /** Aborted with a `RunnerDeath` when the process dies. */
  readonly death: AbortSignal;
  /** Settles when the process runs. Rejects with the reason of `signal`, or with a `RunnerDeath`. */
  untilRunning(signal: AbortSignal): Promise<void>;
}

/** Creates a running process. */
export function createRunnerProcess(): RunnerProcess {
  const death = new AbortController();
  let running = Promise.withResolvers<void>();
  let state: "running" | "stopped" | "dead" = "running";
  running.resolve();
  return {
    state: () => state,
    death: death.signal,
    signal(kind) {
      if (state === "dead") return;
      if (kind === "SIGKILL") {
        state = "dead";
        death.abort(new RunnerDeath("the runner was killed"));
      } else if (kind === "SIGCONT") {
        state = "running";
        running.resolve();
      } else if (state === "running") {
        state = "stopped";
        running = Promise.withResolvers<void>();
      }
    },
    async untilRunning(signal) {
      if (state === "running") return;
      await untilEither(running.promise, AbortSignal.any([signal, death.signal]));
    },
  };
}

/** The times of work that a process does: they stand still while it is stopped, and end when it dies. */
export function paceOfProcess(pace: Pace, process: RunnerProcess): Pace {
  const stillRunning = async (passed: Promise<void>, signal: AbortSignal): Promise<void> => {
    try {
      await passed;
    } catch (error) {
      // A timer only says that it was aborted; what matters is by whom.
      process.death.throwIfAborted();
      throw error;
    }
    if (process.state() !== "running") await process.untilRunning(signal);
  };
  return {
    ...pace,
    sleep: (milliseconds, signal) => stillRunning(pace.sleep(milliseconds, signal), signal),
    until: (time, signal) => stillRunning(pace.until(time, signal), signal),
  };
}

/** Settles with the promise, or rejects with the signal's reason. The promise itself never rejects. */
function untilEither(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const leave = () => reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    void promise.then(() => {
      signal.removeEventListener("abort", leave);
      resolve();
    });
  });
}
