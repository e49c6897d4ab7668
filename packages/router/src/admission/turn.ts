import type { Decision } from "../domain/decision.ts";
import type { ErrorCode } from "../domain/errors.ts";
import type { RequestFacts } from "../domain/request.ts";
import type { Lane } from "./lane.ts";

/** A place on a node, held from dispatch to the last byte. */
export interface Slot {
  /** The node sent the first byte of the answer. */
  firstByte(): void;
  /** The model is in memory now, or could not be loaded; after a release, too, when that said that the load goes on. */
  loadEnded(): void;
  /** The node turned the request away as too many. */
  busy(): void;
  /** Gives the place back; only the first call counts. */
  release(result: SlotResult): void;
}

/** How the attempt that held a slot ended, for the lane's counters. */
export interface SlotResult {
  readonly isCompleted: boolean;
  readonly isFailed: boolean;
  readonly latencyMs: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** The router's own load of the model goes on: no other load may begin on the node yet. */
  readonly isStillLoading: boolean;
}

/** It is this request's turn, here. */
export interface Turn {
  readonly kind: "turn";
  readonly decision: Decision;
  /** Time the decision took, ms. */
  readonly decidedInMs: number;
  /** Time in which there was no candidate at all, ms. */
  readonly heldMs: number;
  readonly lane: Lane;
  readonly slot: Slot;
  /** This attempt has to load the model first. */
  readonly needsLoad: boolean;
  /** When waiting ended, ms on the monotonic clock. */
  readonly at: number;
}

/** Waiting ended without a turn. `wasQueued` tells an eviction from a refusal at the door. */
export interface NoTurn {
  readonly kind: "no-turn";
  readonly code: ErrorCode;
  readonly wasQueued: boolean;
  /** When trying again makes sense, s. */
  readonly retryAfterS: number;
  /** The decision that left no candidate, when there was one. */
  readonly decision: Decision | undefined;
  /** Time that decision took, ms. */
  readonly decidedInMs: number;
}

/** One request that wants a slot for its next attempt. */
export interface Applicant {
  readonly facts: RequestFacts;
  /** Lanes on which it failed, with the instant, Unix epoch ms. */
  readonly failedOn: ReadonlyMap<string, number>;
  /** May be tried again on a lane it failed on, once that node was heard of after the failure. */
  readonly mayReturn: boolean;
  /** How long it may stay without any candidate, ms; 0 ends it at once. */
  readonly holdMs: number;
  /** What it is told when that time is over. */
  readonly codeAfterHold: ErrorCode;
  readonly onTurn: (turn: Turn | NoTurn) => void;
}
