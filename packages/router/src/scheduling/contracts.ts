import type { Candidate, SchedulingView } from "../domain/candidate.ts";
import type { RankedCandidate, Reading, Reason } from "../domain/decision.ts";

/** Removes candidates that cannot or must not serve a request. Pure: the same candidate and view give the same answer. */
export interface Filter {
  /** Kebab-case, equal to the file name; shown to users and counted in traces. */
  readonly name: string;
  /** Whom it rejects and why, one sentence for the reference page. */
  readonly meaning: string;
  /**
   * It steps aside when it would leave no candidate: true where trying in spite of it does less harm than refusing.
   * Filters that yield are applied after all that do not, in the order of the registry.
   */
  readonly canYield: boolean;
  /** Why the candidate is out; undefined keeps it. What is not known never rejects. */
  reject(candidate: Candidate, view: SchedulingView): Reason | undefined;
  /** The same in words, from the numbers alone. */
  explain(reason: Reason): string;
}

/** Measures one quality of a candidate. Pure: the same candidate and view give the same reading. */
export interface Signal {
  /** snake_case, as in the score breakdown; the file has the same name in kebab-case. */
  readonly name: string;
  /** What it measures, one sentence for the reference page. */
  readonly meaning: string;
  /** How the score comes about, for the reference page. */
  readonly formula: string;
  /** A score from −1 to 1 and the numbers it came from; what is not known is left out of the facts. */
  measure(candidate: Candidate, view: SchedulingView): Reading;
  /** The same in words, from the numbers alone. */
  explain(reading: Reading): string;
}

/** Chooses among the survivors, which come best first and are never empty. */
export interface Picker {
  readonly name: string;
  pick(ranked: readonly RankedCandidate[], view: SchedulingView): RankedCandidate;
}

/** Which signals count, and how much; a signal without a weight is not measured. */
export interface Profile {
  readonly name: string;
  /** Points per signal name at score 1; negative for a penalty. */
  readonly weights: Readonly<Record<string, number>>;
}
