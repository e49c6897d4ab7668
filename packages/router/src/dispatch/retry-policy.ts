import type { FailedAttempt } from "./attempt-result.ts";

/** How far a request has come. */
export interface RetryState {
  /** Failed attempts that count: node faults, load failures, busy answers, stalls. */
  readonly countedFailures: number;
  readonly maxRetries: number;
  /** Takes one retry out of the fleet-wide budget; asked only where one would be made. */
  readonly takeRetry: () => boolean;
}

/**
 * What to do after an attempt that failed before its first byte. `elsewhere`: schedule again without that candidate,
 * `mayReturn` tells that it may be tried there again once it was heard of. `pass-on`: the node's own answer goes to the client.
 * `give-up`: an error of ours.
 */
export type NextStep =
  | { readonly kind: "elsewhere"; readonly isCounted: boolean; readonly mayReturn: boolean }
  | { readonly kind: "pass-on" }
  | { readonly kind: "give-up" };

/** Chooses the next step. Unreachable nodes and stale inventory count against nothing; node faults have a bound and a budget. */
export function nextStep(failed: FailedAttempt, state: RetryState): NextStep {
  switch (failed.failureClass) {
    case "callers-fault":
      return { kind: "pass-on" };
    case "unreachable":
    case "stale-inventory":
    case "unsuited":
      return { kind: "elsewhere", isCounted: false, mayReturn: failed.failureClass === "unreachable" };
    case "node-fault":
    case "load-failure":
    case "busy":
    case "stall":
    case "incomplete": {
      const isAllowed = state.countedFailures < state.maxRetries && state.takeRetry();
      if (isAllowed) return { kind: "elsewhere", isCounted: true, mayReturn: false };
      return { kind: failed.answer === undefined ? "give-up" : "pass-on" };
    }
  }
}
