import type { Candidate } from "../domain/candidate.ts";
import type { RankedCandidate } from "../domain/decision.ts";

/** Totals that differ by less than this step count as equal: readings are not finer than that. Points. */
const STEP = 0.1;

/**
 * Order of ranked candidates, best first: higher total, then least recently chosen, so that equal nodes share the work,
 * then names, so that the order is total.
 */
export function compareRanked(a: RankedCandidate, b: RankedCandidate): number {
  const steps = Math.round(b.total / STEP) - Math.round(a.total / STEP);
  if (steps !== 0) return steps;
  return a.candidate.lastChosenAt - b.candidate.lastChosenAt || compareNames(a.candidate, b.candidate);
}

function compareNames(a: Candidate, b: Candidate): number {
  return (
    compareText(a.node.nodeId, b.node.nodeId) ||
    compareText(a.backend.id, b.backend.id) ||
    compareText(a.laneKey, b.laneKey)
  );
}

/** By code units, the same in every locale. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
