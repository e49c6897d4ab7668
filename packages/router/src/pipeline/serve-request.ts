import type { NoTurn, Turn } from "../admission/turn.ts";
import type { FailedAttempt } from "../dispatch/attempt-result.ts";
import { nextStep } from "../dispatch/retry-policy.ts";
import type { RankedCandidate } from "../domain/decision.ts";
import { type Ending, endingOf, endWith } from "./answers/ending.ts";
import { awaitTurn, type Left } from "./await-turn.ts";
import { beginServing } from "./begin-serving.ts";
import { takeNextChoice } from "./choices/take-next-choice.ts";
import type { Journey } from "./journey.ts";
import type { ServeParts, Serving } from "./parts.ts";
import { runAttempt } from "./run-attempt.ts";

/**
 * Serves one request, in nine steps: read the body, resolve the name, admit, wait for the turn, schedule, attempt, and
 * again without a candidate that failed before its first byte, relay, record. Every request ends here exactly once.
 */
export async function serveRequest(serving: Serving, unload: ServeUnload): Promise<void> {
  const begun = await beginServing(serving);
  if (begun.kind === "ending") endWith(serving, begun.ending);
  else {
    const serve = begun.journey.facts.kind === "unload" ? unload : travel;
    endWith(serving, await serve(serving, begun.journey));
  }
}

/** Unloads a model: no node is chosen for it, all that have it are meant. */
export type ServeUnload = (serving: Serving, journey: Journey) => Promise<Ending>;

/** From admission to the end: attempts until one has answered, or none is left. */
async function travel(serving: Serving, journey: Journey): Promise<Ending> {
  for (;;) {
    const turn = await takeTurn(serving.parts, journey);
    const pick = turn.kind === "turn" ? turn.decision.winner : undefined;
    const ending =
      turn.kind === "turn" && pick !== undefined
        ? await attempt(serving, journey, { turn, pick })
        : endWithoutTurn(serving, journey, turn);
    if (ending !== undefined) return ending;
  }
}

/** undefined when it goes on: on another candidate, or with another model. */
async function attempt(
  serving: Serving,
  journey: Journey,
  place: { readonly turn: Turn; readonly pick: RankedCandidate },
): Promise<Ending | undefined> {
  const result = await runAttempt({ ...serving, ...place, journey });
  if (result.kind !== "failed") return endingOf.result(journey, result);
  if (mayGoOn(serving.parts, journey, result)) return undefined;
  // What the caller did wrong would be wrong with any model.
  const isOver = result.failureClass === "callers-fault" || !takeNextChoice(serving.parts, journey);
  return isOver ? endingOf.failure(serving, journey, result) : undefined;
}

function endWithoutTurn(serving: Serving, journey: Journey, end: NoTurn | Left | Turn): Ending | undefined {
  const goesOn = mayFallBack(end) && takeNextChoice(serving.parts, journey);
  return goesOn ? undefined : endingOf.noTurn(serving, journey, end);
}

/** Another model helps where this one has no machine; not where the time is over, or the router stops. */
const mayFallBack = (end: NoTurn | Left | Turn): boolean =>
  end.kind === "no-turn" && end.code !== "HERD_WAIT_DEADLINE" && end.code !== "HERD_SHUTTING_DOWN";

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
  const step = nextStep(failed, { countedFailures, maxRetries: parts.maxRetries(), takeRetry: parts.takeRetry });
  if (step.kind !== "elsewhere") return false;
  journey.countedFailures += step.isCounted ? 1 : 0;
  // It may still return to whom it could not reach before.
  if (failed.failureClass !== "unsuited") journey.mayReturn = step.mayReturn;
  return true;
}
