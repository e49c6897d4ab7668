import type { DecisionView } from "@herd/shared";
import type { Candidate, SchedulingView } from "../domain/candidate.ts";
import type { Decision, DecisionPart, RankedCandidate, Reading, RejectedCandidate } from "../domain/decision.ts";
import type { Filter, Picker, Profile, Signal } from "./contracts.ts";
import { compareRanked } from "./rank-order.ts";
import { type DecisionStamp, keepDecision, viewOfDecision } from "./stored-decision.ts";

export interface SchedulerDependencies {
  readonly filters: readonly Filter[];
  readonly signals: readonly Signal[];
  readonly picker: Picker;
  readonly profile: Profile;
}

export interface Scheduler {
  /** Filter, score, sort, pick. Pure: equal views give equal decisions, in whatever order the candidates come. */
  schedule(view: SchedulingView): Decision;
  /** The whole decision in words, as the API shows it. */
  explainFull(decision: Decision, stamp: DecisionStamp): DecisionView;
}

interface WeightedSignal {
  readonly signal: Signal;
  readonly weight: number;
}

/** A scheduler of these parts. Signals are measured in the order given, those without a weight not at all. */
export function createScheduler({ filters, signals, picker, profile }: SchedulerDependencies): Scheduler {
  const strictFirst = [...filters.filter((filter) => !filter.canYield), ...filters.filter((filter) => filter.canYield)];
  const weighted = signals.flatMap((signal): readonly WeightedSignal[] => {
    const weight = profile.weights[signal.name];
    return weight === undefined ? [] : [{ signal, weight }];
  });
  return {
    schedule(view) {
      const sieve = sift(strictFirst, view);
      const ranked = rank(sieve.survivors, view, weighted);
      return {
        requestId: view.request.requestId,
        profile: profile.name,
        winner: ranked.length === 0 ? undefined : picker.pick(ranked, view),
        ranked,
        rejected: sieve.rejected,
        skippedFilters: sieve.skipped,
      };
    },
    explainFull: (decision, stamp) => viewOfDecision(keepDecision(decision, stamp), { filters, signals }),
  };
}

interface Sieve {
  survivors: readonly Candidate[];
  readonly rejected: RejectedCandidate[];
  readonly skipped: string[];
}

function sift(filters: readonly Filter[], view: SchedulingView): Sieve {
  const sieve: Sieve = { survivors: view.candidates, rejected: [], skipped: [] };
  for (const filter of filters) apply(filter, sieve, view);
  return sieve;
}

/** Applies one filter to the survivors so far. Nothing is allocated while nobody is rejected. */
function apply(filter: Filter, sieve: Sieve, view: SchedulingView): void {
  const { survivors, rejected } = sieve;
  const rejectedBefore = rejected.length;
  let kept: Candidate[] | undefined;
  let at = 0;
  for (const candidate of survivors) {
    const reason = filter.reject(candidate, view);
    if (reason === undefined) kept?.push(candidate);
    else {
      kept ??= survivors.slice(0, at);
      rejected.push({ candidate, filter: filter.name, reason });
    }
    at += 1;
  }
  if (kept === undefined) return;
  if (kept.length === 0 && filter.canYield) {
    rejected.length = rejectedBefore;
    sieve.skipped.push(filter.name);
  } else {
    sieve.survivors = kept;
  }
}

function rank(
  survivors: readonly Candidate[],
  view: SchedulingView,
  weighted: readonly WeightedSignal[],
): readonly RankedCandidate[] {
  return survivors.map((candidate) => scored(candidate, view, weighted)).sort(compareRanked);
}

function scored(candidate: Candidate, view: SchedulingView, weighted: readonly WeightedSignal[]): RankedCandidate {
  const parts = new Array<DecisionPart>(weighted.length);
  let total = 0;
  let at = 0;
  for (const { signal, weight } of weighted) {
    const reading = clamped(signal.measure(candidate, view));
    total += weight * reading.score;
    parts[at] = { signal: signal.name, weight, reading };
    at += 1;
  }
  return { candidate, total, parts };
}

/** Keeps a score within −1 and 1; one that is no number counts as 0, or it would spoil the order of all. */
function clamped(reading: Reading): Reading {
  const { score, facts } = reading;
  if (score >= -1 && score <= 1) return reading;
  if (Number.isNaN(score)) return { score: 0, facts };
  return { score: score < 0 ? -1 : 1, facts };
}
