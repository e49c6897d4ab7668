import type { NoTurn, Turn } from "../admission/turn.ts";
import type { FailedAttempt } from "../dispatch/attempt-result.ts";
import { nextStep } from "../dispatch/retry-policy.ts";
import { type Ending, endingOf, endWith } from "./answers/ending.ts";
import { awaitTurn, type Left } from "./await-turn.ts";
import { beginServing } from "./begin-serving.ts";
import type { Journey } from "./journey.ts";
import type { ServeParts, Serving } from "./parts.ts";
import { runAttempt } from "./run-attempt.ts";

/**
 * Serves one request, in nine steps: read the body, resolve the name, admit, wait for the turn, schedule, attempt, and
 * again without a candidate that failed before its first byte, relay, record. Every request ends here exactly once.
 */
export async function serveRequest(serving: Serving): Promise<void> {
  const begun = await beginServing(serving);
  const ending = begun.kind === "ending" ? begun.ending : await travel(serving, begun.journey);
  endWith(serving, ending);
}

/** From admission to the end: attempts until one has answered, or none is left. */
async function travel(serving: Serving, journey: Journey): Promise<Ending> {
  for (;;) {
    const turn = await takeTurn(serving.parts, journey);
    const pick = turn.kind === "turn" ? turn.decision.winner : undefined;
    if (turn.kind !== "turn" || pick === undefined) return endingOf.noTurn(serving, journey, turn);
    const result = await runAttempt({ ...serving, journey, turn, pick });
    if (result.kind !== "failed") return endingOf.result(journey, result);
    if (!mayGoOn(serving.parts, journey, result)) return endingOf.failure(serving, journey, result);
  }
}

async function takeTurn(parts: ServeParts, journey: Journey): Promise<Turn | NoTurn | Left> {
  const askedAt = parts.now();
  const turn = await awaitTurn(parts, journey);
  journey.queueMs += parts.now() - askedAt;
  if (turn.kind === "turn" && journey.lastFailure !== undefined) journey.heldMs += turn.heldMs;
  if (turn.kind !== "left" && turn.decision !== undefined) {
    const place = { attempt: journey.attempts.length + 1, model: journey.facts.model, tookUs: turn.decidedInMs * 1000 };
    parts.keepDecision(turn.decision, place);
  }
  return turn;
}

/** Whether another candidate is tried after a failure; takes note of it for the next turn. */
function mayGoOn(parts: ServeParts, journey: Journey, failed: FailedAttempt): boolean {
  const { countedFailures } = journey;
  const step = nextStep(failed, { countedFailures, maxRetries: parts.maxRetries, takeRetry: parts.takeRetry });
  if (step.kind !== "elsewhere") return false;
  journey.countedFailures += step.isCounted ? 1 : 0;
  journey.mayReturn = step.mayReturn;
  return true;
}
