import type { Admission } from "../admission/admission.ts";
import type { NoTurn, Turn } from "../admission/turn.ts";
import type { Journey } from "./journey.ts";
import { codeOfFailure } from "./journey.ts";

/** Waiting ended because the client left. */
export interface Left {
  readonly kind: "left";
}

/** Waits for a slot on the best node. Resolves at once when one is free. */
export function awaitTurn(admission: Admission, journey: Journey): Promise<Turn | NoTurn | Left> {
  return new Promise((resolve) => {
    if (journey.isGone) {
      resolve({ kind: "left" });
      return;
    }
    const { lastFailure, hold } = journey;
    const mayHold = lastFailure === undefined || journey.mayReturn;
    const application = admission.admit({
      facts: journey.facts,
      failedOn: journey.failedOn,
      mayReturn: journey.mayReturn,
      holdMs: mayHold ? hold.ms : 0,
      codeAfterHold: lastFailure === undefined ? hold.codeAfter : codeOfFailure(lastFailure.failureClass),
      onTurn: resolve,
    });
    journey.leave = () => {
      application.cancel();
      resolve({ kind: "left" });
    };
  });
}
