import type { AttemptResult } from "../dispatch/attempt-result.ts";
import type { Candidate } from "../domain/candidate.ts";
import { attemptHeaders } from "./answers/attempt-headers.ts";
import { prepareCall } from "./calls/prepare-call.ts";
import type { Journey } from "./journey.ts";
import type { Serving } from "./parts.ts";

/** One attempt without a slot, for requests that cost a node nothing. */
export async function startPlainAttempt(
  serving: Serving,
  journey: Journey,
  candidate: Candidate,
): Promise<AttemptResult> {
  const { parts, incoming, voice } = serving;
  const startedAt = parts.now();
  const pick = { candidate, total: 0, parts: [] };
  const call = prepareCall({ tools: parts.tools, journey, voice, candidate });
  if (call.kind === "untranslatable") throw new TypeError(call.why);
  journey.editLabels = call.labels;
  journey.callHeaders = call.headers;
  const running = parts.startAttempt({
    candidate,
    facts: journey.facts,
    body: call.body,
    headers: parts.forwardedHeaders(incoming.headers, journey.facts.requestId),
    needsLoad: false,
    sink: incoming.sink,
    tap: call.tap,
    ownHeaders: () => attemptHeaders(journey, pick, startedAt),
    failureRecord: () => undefined,
    onFirstByte: () => undefined,
    onLoadEnded: () => undefined,
    onLoaded: () => undefined,
  });
  journey.leave = running.cancel;
  const result = await running.result;
  const { model } = journey.facts;
  const { isFallback } = journey;
  journey.attempts.push({ pick, model, isFallback, startedAt, endedAt: parts.now(), result, decision: undefined });
  if (result.kind === "failed") {
    journey.lastFailure = result;
    journey.failedOn.set(candidate.laneKey, parts.epochNow());
  }
  return result;
}
