import type { NoTurn, Turn } from "../admission/turn.ts";
import { hasRoute } from "../domain/backend-routes.ts";
import type { Journey } from "./journey.ts";
import { codeOfFailure } from "./journey.ts";
import type { ServeParts } from "./parts.ts";

/** Waiting ended because the client left. */
export interface Left {
  readonly kind: "left";
}

/**
 * Waits for a slot on the best node. Resolves at once when one is free. After a failure, all the time without a candidate
 * counts together, so that nodes that come and go cannot hold a request for ever.
 */
export function awaitTurn(parts: ServeParts, journey: Journey): Promise<Turn | NoTurn | Left> {
  const { admission, attemptBegan } = parts;
  return new Promise((resolve) => {
    if (journey.isGone) {
      resolve({ kind: "left" });
      return;
    }
    const { lastFailure, hold } = journey;
    const waitsForSuited = lastFailure?.failureClass === "unsuited" && isAnySuited(parts, journey);
    const mayHold = lastFailure === undefined || journey.mayReturn || waitsForSuited;
    const application = admission.admit({
      facts: journey.facts,
      failedOn: journey.failedOn,
      mayReturn: journey.mayReturn,
      holdMs: mayHold ? Math.max(0, hold.ms - journey.heldMs) : 0,
      codeAfterHold:
        lastFailure === undefined || waitsForSuited ? hold.codeAfter : codeOfFailure(lastFailure.failureClass),
      onTurn: (turn) => {
        // Told before any other decision is made, which may depend on it.
        const winner = turn.kind === "turn" ? turn.decision.winner : undefined;
        if (winner !== undefined) attemptBegan(winner.candidate, journey.facts.requestId);
        resolve(turn);
      },
    });
    // Not written as `journey.leave = () => …`: V8 puts a function literal that is assigned to a property into the old
    // generation at once, and each would keep its whole dead request alive until the next full garbage collection.
    const leave = (): void => {
      application.cancel();
      resolve({ kind: "left" });
    };
    journey.leave = leave;
  });
}

/** Somebody who has the model, and cannot be reached now, speaks the client's API. */
function isAnySuited({ holdersOf }: ServeParts, { facts, failedOn }: Journey): boolean {
  const { route } = facts;
  if (route === undefined) return false;
  return holdersOf(facts.modelKey, facts.client.isLoopback).some(
    ({ backend, laneKey }) => hasRoute(backend, route) && !failedOn.has(laneKey),
  );
}
