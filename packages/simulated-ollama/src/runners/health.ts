/** Whether a loaded model still answers: the node asks its process before it gives it to a request. */
import type { Pace } from "../pace.ts";
import type { Runner } from "./runner.ts";

/** How long the node waits for a process that does not answer. Never scaled. */
const pingTimeoutMs = 10_000;

/** The pings that are under way: nothing else can be done to a runner meanwhile. */
export interface Health {
  /** Whether the process answers in time. Rejects with the signal's reason when the client leaves. */
  answers(runner: Runner, signal: AbortSignal): Promise<boolean>;
  /** Settles when no ping of this runner is under way. */
  untilPinged(runner: Runner): Promise<void>;
}

/** Creates the health checks of one scheduler. */
export function createHealth(pace: Pick<Pace, "wait">): Health {
  const pings = new Map<Runner, Promise<unknown>>();
  const ping = async (runner: Runner, signal: AbortSignal): Promise<boolean> => {
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    const timeout = pace.wait(pingTimeoutMs, either).then(
      () => over.abort(),
      () => undefined, // The process answered, or the client left.
    );
    try {
      await runner.process.untilRunning(either);
      return true;
    } catch (error) {
      signal.throwIfAborted();
      // Out of time, or dead by now: both mean that it does not answer. Anything else is a mistake of this file.
      if (over.signal.aborted || runner.process.state() === "dead") return false;
      throw error;
    } finally {
      over.abort();
      await timeout;
    }
  };
  return {
    answers(runner, signal) {
      const state = runner.process.state();
      if (state !== "stopped") return Promise.resolve(state === "running");
      const asked = ping(runner, signal);
      const settled = Promise.allSettled([pings.get(runner), asked]).then(() => {
        if (pings.get(runner) === settled) pings.delete(runner);
      });
      pings.set(runner, settled);
      return asked;
    },
    untilPinged: async (runner) => void (await pings.get(runner)),
  };
}
