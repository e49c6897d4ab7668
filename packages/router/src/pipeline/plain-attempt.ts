import type { AttemptResult } from "../dispatch/attempt-result.ts";
import type { Candidate } from "../domain/candidate.ts";
import { attemptHeaders } from "./answers/attempt-headers.ts";
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
  const running = parts.startAttempt({
    candidate,
    facts: journey.facts,
    body: journey.body,
    headers: parts.forwardedHeaders(incoming.headers, journey.facts.requestId),
    needsLoad: false,
    sink: incoming.sink,
    tap: voice.createTap(journey.facts),
    ownHeaders: () => attemptHeaders(journey, pick, startedAt),
    failureRecord: () => undefined,
    onFirstByte: () => undefined,
    onLoadEnded: () => undefined,
    onLoaded: () => undefined,
  });
  journey.leave = running.cancel;
  const result = await running.result;
  journey.attempts.push({ pick, startedAt, endedAt: parts.now(), result, decision: undefined });
  if (result.kind === "failed") {
    journey.lastFailure = result;
    journey.failedOn.set(candidate.laneKey, parts.epochNow());
  }
  return result;
}
