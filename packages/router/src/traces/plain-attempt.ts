import type { SqlValue } from "../storage/connection.ts";
import { USUAL_PROFILE } from "../storage/views/request-attempts.ts";
import type { DecisionShort } from "./decision-short.ts";
import { tenths } from "./tenths.ts";
import type { AttemptInput, TraceInput } from "./trace-input.ts";

/** How far a time that is read from the request's row may be from the attempt's own, ms. */
const TOLERANCE_MS = 2;

/**
 * The short form of the decision when the request's row tells everything else about its only attempt (see the view
 * `request_attempts`); null when the attempts need rows of their own.
 */
export function plainDecision(input: TraceInput): string | null {
  const [attempt] = input.attempts;
  if (attempt?.decision === undefined || input.attempts.length !== 1) return null;
  return isTold(attempt, input) && hasSameTimes(attempt, input) && isOwnWinner(attempt.decision, input)
    ? shortForm(attempt.decision, input.servedModel)
    : null;
}

function isTold(attempt: AttemptInput, { nodeId, servedModel, httpStatus }: TraceInput): boolean {
  const { failureClass, errorMessage } = attempt;
  return (
    failureClass === undefined &&
    errorMessage === undefined &&
    attempt.nodeId === nodeId &&
    attempt.model === servedModel &&
    attempt.httpStatus === httpStatus
  );
}

function hasSameTimes({ startedAt, endedMs, firstByteMs }: AttemptInput, { times }: TraceInput): boolean {
  const before = times.queueWaitMs + (times.overheadMs ?? 0);
  const ended = times.latencyMs - before;
  const first = times.firstByteMs === undefined ? undefined : times.firstByteMs - before;
  const isNear = (one: number, other: number): boolean => Math.abs(one - other) <= TOLERANCE_MS;
  if ((first === undefined) !== (firstByteMs === undefined)) return false;
  return isNear(ended, endedMs) && isNear(times.endedAt - ended, startedAt) && isNear(first ?? 0, firstByteMs ?? 0);
}

const isOwnWinner = ({ winner }: DecisionShort, { nodeId, servedModel, score }: TraceInput): boolean =>
  winner !== null && winner.node_id === nodeId && winner.model === servedModel && winner.total === score;

/** The list of the view, without its last elements where they say nothing. */
function shortForm({ profile, runner_up: next, ranked, rejected }: DecisionShort, model: string): string {
  const list: (SqlValue | DecisionShort["rejected"])[] = [
    ranked,
    next?.node_id ?? null,
    next === null ? null : tenths(next.total),
    Object.keys(rejected).length === 0 ? null : rejected,
    profile === USUAL_PROFILE ? null : profile,
    next === null || next.model === model ? null : next.model,
  ];
  while (list.at(-1) === null) list.pop();
  return JSON.stringify(list);
}
