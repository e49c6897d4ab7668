import type { RequestId } from "@herd/shared";
import type { Candidate } from "./candidate.ts";

/** Numbers behind a score or a rejection, each named with its unit. */
export type Facts = Readonly<Record<string, number>>;

/** What a signal measured: `score` from −1 to 1, and the numbers it came from. */
export interface Reading {
  readonly score: number;
  readonly facts: Facts;
}

/** Why a filter rejected a candidate. */
export interface Reason {
  readonly code: string;
  readonly facts: Facts;
}

/** One signal's share of a candidate's total. */
export interface DecisionPart {
  readonly signal: string;
  readonly weight: number;
  readonly reading: Reading;
}

export interface RankedCandidate {
  readonly candidate: Candidate;
  /** Sum of weight × score. */
  readonly total: number;
  readonly parts: readonly DecisionPart[];
}

export interface RejectedCandidate {
  readonly candidate: Candidate;
  readonly filter: string;
  readonly reason: Reason;
}

/** What scheduling returned for one attempt, and why. */
export interface Decision {
  readonly requestId: RequestId;
  readonly profile: string;
  /** undefined when no candidate was left. */
  readonly winner: RankedCandidate | undefined;
  /** Best first. */
  readonly ranked: readonly RankedCandidate[];
  readonly rejected: readonly RejectedCandidate[];
  /** Filters that were not applied because they would have left no candidate. */
  readonly skippedFilters: readonly string[];
}
