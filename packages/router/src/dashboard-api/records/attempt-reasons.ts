import type { DecisionView } from "@herd/shared";
import type { AttemptReason, StoredAttempt } from "./trace-shapes.ts";

/** Signals and left-out machines that are told; the rest is counted. */
const TOLD_SIGNALS = 4;
const TOLD_REJECTED = 5;

/** Why each attempt went where it went: from the whole decisions while they are kept, else from what is stored with the attempts. */
export function attemptReasons(
  decisions: readonly DecisionView[] | null,
  attempts: readonly StoredAttempt[],
): AttemptReason[] {
  if (decisions !== null) return decisions.map((one) => ({ attempt: one.attempt, sentences: wholeReasons(one) }));
  return attempts.map((one) => ({ attempt: one.attempt, sentences: shortReasons(one) }));
}

function wholeReasons({ candidates, rejected, model, skipped_filters }: DecisionView): string[] {
  const winner = candidates.find((one) => one.is_winner);
  const next = candidates.find((one) => !one.is_winner);
  const sentences =
    winner === undefined ? [`No machine could take ${model}.`] : winnerReasons(winner, candidates.length);
  if (next !== undefined && winner !== undefined)
    sentences.push(`Next was ${next.node_id} with ${points(next.total)}.`);
  for (const { node_id, explanation } of rejected.slice(0, TOLD_REJECTED))
    sentences.push(`${node_id} was left out: ${explanation}.`);
  if (rejected.length > TOLD_REJECTED) sentences.push(`${rejected.length - TOLD_REJECTED} more were left out.`);
  if (skipped_filters.length > 0)
    sentences.push(`These filters were not applied, since nobody would have been left: ${skipped_filters.join(", ")}.`);
  return sentences;
}

type Candidate = DecisionView["candidates"][number];

function winnerReasons({ node_id, total, parts }: Candidate, ranked: number): string[] {
  const strongest = parts
    .filter((part) => part.points !== 0)
    .toSorted((one, other) => Math.abs(other.points) - Math.abs(one.points))
    .slice(0, TOLD_SIGNALS);
  const head = `${node_id} was chosen of ${ranked} with ${points(total)}.`;
  return [head, ...strongest.map((part) => `${part.signal}: ${points(part.points)}. ${part.explanation}.`)];
}

function shortReasons({ decision, model }: StoredAttempt): string[] {
  if (decision === null) return [];
  const { winner, runner_up: next, ranked, rejected } = decision;
  const sentences =
    winner === null
      ? [`No machine could take ${model}.`]
      : [`${winner.node_id} was chosen of ${ranked} with ${points(winner.total)}.`];
  if (next !== null) sentences.push(`Next was ${next.node_id} with ${points(next.total)}.`);
  for (const [filter, count] of Object.entries(rejected)) sentences.push(`${count} left out by the filter ${filter}.`);
  return sentences;
}

const points = (total: number): string => `${Math.round(total * 10) / 10} points`;
