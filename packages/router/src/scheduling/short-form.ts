import type { Decision, RankedCandidate } from "../domain/decision.ts";

/** What a trace row keeps of a decision once the whole of it is forgotten. Points have two decimals. */
export interface ShortForm {
  /** The winner's points per signal, and `total`; undefined when there was no winner. */
  readonly breakdown: Readonly<Record<string, number>> | undefined;
  /** The best of the others; undefined when there was none. */
  readonly runnerUp: RunnerUp | undefined;
  /** How many candidates each filter rejected. */
  readonly rejections: Readonly<Record<string, number>>;
}

export interface RunnerUp {
  readonly nodeId: string;
  readonly total: number;
  /** Where it lost most: signal and points behind the winner; undefined when it is behind in none. */
  readonly lostBy: { readonly signal: string; readonly points: number } | undefined;
}

/** The short form of a decision. */
export function shortForm({ winner, ranked, rejected }: Decision): ShortForm {
  const rejections: Record<string, number> = {};
  for (const { filter } of rejected) rejections[filter] = (rejections[filter] ?? 0) + 1;
  if (winner === undefined) return { breakdown: undefined, runnerUp: undefined, rejections };
  const second = ranked.find((entry) => entry !== winner);
  return {
    breakdown: breakdownOf(winner),
    runnerUp: second === undefined ? undefined : runnerUpOf(second, winner),
    rejections,
  };
}

function breakdownOf({ parts, total }: RankedCandidate): Record<string, number> {
  const breakdown: Record<string, number> = {};
  for (const { signal, weight, reading } of parts) breakdown[signal] = rounded(weight * reading.score);
  breakdown["total"] = rounded(total);
  return breakdown;
}

function runnerUpOf(second: RankedCandidate, winner: RankedCandidate): RunnerUp {
  let signal = "";
  let points = 0;
  for (const [at, part] of winner.parts.entries()) {
    const behind = part.weight * (part.reading.score - (second.parts[at]?.reading.score ?? 0));
    if (behind > points) {
      signal = part.signal;
      points = behind;
    }
  }
  const lostBy = points === 0 ? undefined : { signal, points: rounded(points) };
  return { nodeId: second.candidate.node.nodeId, total: rounded(second.total), lostBy };
}

/** Two decimals, and no negative zero. */
const rounded = (points: number): number => Math.round(points * 100) / 100 + 0;
