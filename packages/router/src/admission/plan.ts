import { type Candidate, hasFreeSlot } from "../domain/candidate.ts";
import type { Decision } from "../domain/decision.ts";
import type { Lane } from "./lane.ts";
import type { Ahead, LaneBook } from "./lane-book.ts";
import type { Applicant } from "./turn.ts";

/** What making a plan needs. */
export interface PlanSources {
  /** Filter, score, pick, with `ahead` standing before the applicant. */
  readonly decide: (applicant: Applicant, ahead: Ahead) => Decision;
  readonly book: LaneBook;
  /** ms on the monotonic clock. */
  readonly now: () => number;
}

/** What a decision means for one who waits. */
export interface Plan {
  readonly decision: Decision;
  /** Time the decision took, ms. */
  readonly decidedInMs: number;
  /** undefined when there is no candidate. */
  readonly winner: Candidate | undefined;
  /** The winner's lane. */
  readonly lane: Lane | undefined;
  /** It can start there at once. */
  readonly isFree: boolean;
}

/** Decides where an applicant would run now, with `ahead` standing before it. */
export function planOf({ decide, book, now }: PlanSources, applicant: Applicant, ahead: Ahead): Plan {
  const decidingSince = now();
  const decision = decide(applicant, ahead);
  const winner = decision.winner?.candidate;
  return {
    decision,
    decidedInMs: now() - decidingSince,
    winner,
    lane: winner === undefined ? undefined : book.laneOf(winner),
    isFree: winner !== undefined && hasFreeSlot(winner),
  };
}
