import type { LibraryModel } from "../models/library.ts";
import type { LoadPlan, Runner } from "./runner.ts";

/** A wish for a loaded model. */
export interface LeaseRequest {
  readonly model: LibraryModel;
  readonly plan: LoadPlan;
  /** Milliseconds; negative = for ever; `undefined` leaves a loaded model's own. */
  readonly keepAliveMs: number | undefined;
  /** Aborted when the client left: drops the request, and aborts the load that it caused. */
  readonly signal: AbortSignal;
}

/** A loaded model, kept until `release` is called. */
export interface Lease {
  readonly kind: "granted";
  readonly runner: Runner;
  /** The machine's time for the load that this request caused; 0 when the model was there. */
  readonly loadMs: number;
  /** Aborted when the client left, or with a `RunnerDeath` when the model's process died. */
  readonly signal: AbortSignal;
  /** May be called more than once. */
  readonly release: () => void;
}

/** How a wish ends. A wish whose client left rejects with the signal's reason. */
export type LeaseResult =
  | Lease
  | { readonly kind: "queue-full" }
  | { readonly kind: "load-failed"; readonly text: string };

/** Gives the runner to the request. */
export function grantLease(runner: Runner, request: LeaseRequest, loadMs: number): Lease {
  runner.enter(request.keepAliveMs);
  const joined = joinSignals(request.signal, runner.process.death);
  let isHeld = true;
  const release = () => {
    if (!isHeld) return;
    isHeld = false;
    joined.detach();
    runner.leave();
  };
  return { kind: "granted", runner, loadMs, signal: joined.signal, release };
}

/**
 * A signal that follows two others until it is detached. `AbortSignal.any` does so too, but it leaves a trace in every
 * source that outlives it, and a process outlives the requests that it serves.
 */
function joinSignals(
  one: AbortSignal,
  other: AbortSignal,
): { readonly signal: AbortSignal; readonly detach: () => void } {
  const joined = new AbortController();
  const follow = (event: Event): void => joined.abort((event.target as AbortSignal).reason);
  for (const source of [one, other]) {
    if (source.aborted) joined.abort(source.reason);
    source.addEventListener("abort", follow, { once: true });
  }
  const detach = () => {
    for (const source of [one, other]) source.removeEventListener("abort", follow);
  };
  return { signal: joined.signal, detach };
}
