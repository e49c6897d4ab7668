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
  let isHeld = true;
  const release = () => {
    if (!isHeld) return;
    isHeld = false;
    runner.leave();
  };
  return { kind: "granted", runner, loadMs, release };
}
