import type { NoTurn } from "../../admission/turn.ts";
import type { AttemptResult, FailedAttempt } from "../../dispatch/attempt-result.ts";
import { errorEntry } from "../../domain/errors.ts";
import type { Outcome } from "../../domain/outcome.ts";
import type { Left } from "../await-turn.ts";
import type { Refusal } from "../incoming.ts";
import { answerToPassOn, codeOfFailure, type Journey } from "../journey.ts";
import type { Serving } from "../parts.ts";
import { type Listener, passOn, tellRefusal, tellTrouble } from "./answer.ts";

/** How a request ends: its outcome and the status the client got. */
export interface Ending {
  readonly outcome: Outcome;
  readonly status: number | undefined;
  readonly journey: Journey | undefined;
}

/** Step nine: exactly one record per request. */
export function endWith({ parts, incoming, voice }: Serving, ending: Ending): void {
  parts.record({
    requestId: incoming.requestId,
    dialect: voice.dialect,
    kind: voice.kind,
    path: incoming.path,
    body: incoming.body,
    client: incoming.client,
    headers: incoming.headers,
    arrivedAt: incoming.arrivedAt,
    endedAt: parts.now(),
    ...ending,
  });
}

/** Every way in which a request can end; those that still owe the client an answer give it. */
export const endingOf = {
  refusal(listener: Listener, refusal: Refusal): Ending {
    const status = tellRefusal(listener, refusal);
    return { outcome: { kind: "rejected", code: refusal.code, detail: refusal.message }, status, journey: undefined };
  },

  unknownModel(listener: Listener, model: string, journey?: Journey): Ending {
    const message = listener.voice.unknownModel(model);
    const headers = journey?.facts.isStream === true ? listener.voice.streamHeaders : undefined;
    const status = tellTrouble(listener, { code: "HERD_MODEL_NOT_FOUND", message, retryAfterS: undefined, headers });
    return { outcome: { kind: "rejected", code: "HERD_MODEL_NOT_FOUND", detail: message }, status, journey };
  },

  /** No turn came: the client left, waited too long, or was turned away. */
  noTurn(listener: Listener, journey: Journey, end: NoTurn | Left | { readonly kind: "turn" }): Ending {
    if (end.kind !== "no-turn") return { outcome: { kind: "cancelled", by: "client" }, status: undefined, journey };
    const { lastFailure } = journey;
    if (lastFailure !== undefined && end.code === codeOfFailure(lastFailure.failureClass)) {
      return endingOf.failure(listener, journey, lastFailure);
    }
    const { model } = journey.facts;
    const message =
      end.code === "HERD_MODEL_NOT_FOUND" ? listener.voice.unknownModel(model) : errorEntry(end.code).message(model);
    const status = tellTrouble(listener, { code: end.code, message, retryAfterS: end.retryAfterS });
    const kind = end.wasQueued ? "evicted" : "rejected";
    return { outcome: { kind, code: end.code, detail: message }, status, journey };
  },

  /** The last attempt failed before its first byte and no other is made. */
  failure(listener: Listener, journey: Journey, failed: FailedAttempt): Ending {
    const code = codeOfFailure(failed.failureClass);
    const answer = answerToPassOn(journey);
    const status =
      answer === undefined ? tellFailure(listener, journey, failed) : passOn(listener.incoming, journey, answer);
    const isCallers = failed.failureClass === "callers-fault" || failed.failureClass === "unsuited";
    const source = isCallers ? "client" : "node";
    const { failureClass, detail } = failed;
    return { outcome: { kind: "failed", source, code, isPartial: false, failureClass, detail }, status, journey };
  },

  /** An attempt answered, in whole or in part, or the client left during it. */
  result(journey: Journey, result: Exclude<AttemptResult, FailedAttempt>): Ending {
    switch (result.kind) {
      case "completed":
        return {
          outcome: { kind: "completed", hasOutput: hasOutput(journey, result) },
          status: result.status,
          journey,
        };
      case "cancelled":
        return {
          outcome: { kind: "cancelled", by: "client" },
          status: result.firstByteAt === undefined ? undefined : 200,
          journey,
        };
      case "broken": {
        const { failureClass, detail } = result;
        const outcome: Outcome = {
          kind: "failed",
          source: "node",
          code: "HERD_STREAM_CUT",
          isPartial: true,
          failureClass,
          detail,
        };
        return { outcome, status: 200, journey };
      }
    }
  },
};

function hasOutput(journey: Journey, { usage }: Extract<AttemptResult, { kind: "completed" }>): boolean {
  if (journey.facts.kind !== "chat" && journey.facts.kind !== "generate") return true;
  return (usage.outputTokens ?? usage.contentRecords) > 0;
}

function tellFailure(listener: Listener, journey: Journey, failed: FailedAttempt): number {
  const code = codeOfFailure(failed.failureClass);
  const isAboutModel = failed.failureClass === "unreachable" || failed.failureClass === "stall";
  const message = isAboutModel ? errorEntry(code).message(journey.facts.model) : failed.detail;
  return tellTrouble(listener, { code, message, retryAfterS: undefined });
}
