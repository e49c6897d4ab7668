import type { Decision, RankedCandidate } from "../domain/decision.ts";

/** What stays of a decision in the database: who won, who would have been next, and why the others were out. */
export interface DecisionShort {
  readonly profile: string;
  readonly winner: DecidedShort | null;
  readonly runner_up: DecidedShort | null;
  /** Candidates that took part in the ranking. */
  readonly ranked: number;
  /** Rejected candidates per filter. */
  readonly rejected: Readonly<Record<string, number>>;
}

interface DecidedShort {
  readonly node_id: string;
  readonly model: string;
  readonly total: number;
}

/** The short form of a decision: a few hundred bytes, whatever the size of the fleet. */
export function shortDecision({ profile, winner, ranked, rejected }: Decision): DecisionShort {
  const runnerUp = ranked.find((candidate) => candidate !== winner);
  const counts: Record<string, number> = {};
  for (const { filter } of rejected) counts[filter] = (counts[filter] ?? 0) + 1;
  return { profile, winner: decided(winner), runner_up: decided(runnerUp), ranked: ranked.length, rejected: counts };
}

function decided(ranked: RankedCandidate | undefined): DecidedShort | null {
  if (ranked === undefined) return null;
  const { candidate, total } = ranked;
  return { node_id: candidate.node.nodeId, model: candidate.model.name, total };
}
