import type { SlotResult, Turn } from "../admission/turn.ts";
import type { AttemptResult } from "../dispatch/attempt-result.ts";
import type { RankedCandidate } from "../domain/decision.ts";
import { attemptHeaders } from "./answers/attempt-headers.ts";
import type { Incoming, RouteVoice } from "./incoming.ts";
import type { Journey } from "./journey.ts";
import type { EndedAttempt, ServeParts } from "./parts.ts";

/** Everything one attempt works with. */
export interface AttemptPlan {
  readonly parts: ServeParts;
  readonly incoming: Incoming;
  readonly voice: RouteVoice;
  readonly journey: Journey;
  readonly turn: Turn;
  readonly pick: RankedCandidate;
}

/** Sends the request to the node whose turn it is, relays the reply, gives the slot back and lets everybody learn from it. */
export async function runAttempt(plan: AttemptPlan): Promise<AttemptResult> {
  const { parts, journey, turn, pick } = plan;
  const startedAt = parts.now();
  let loadEndedAt: number | undefined;
  const noteLoadEnd = (): void => {
    loadEndedAt ??= parts.now();
    turn.slot.loadEnded();
  };
  const running = parts.startAttempt(orderOf(plan, { startedAt, noteLoadEnd }));
  journey.leave = running.cancel;
  if (journey.isGone) running.cancel();
  const result = await running.result;
  const endedAt = parts.now();
  journey.attempts.push({ pick, startedAt, endedAt, result, decision: parts.shortDecision(turn.decision) });
  if (result.kind === "failed") noteFailure(journey, result, { laneKey: pick.candidate.laneKey, at: parts.epochNow() });
  if (result.kind === "failed" && result.failureClass === "busy") turn.slot.busy();
  try {
    // Before the slot is free: whoever gets it must already know what became of this attempt.
    parts.attemptEnded(endedOf(plan, { startedAt, endedAt, loadEndedAt, result }));
  } finally {
    turn.slot.release({ ...slotResultOf(result, endedAt - startedAt), isStillLoading: running.isLoading() });
  }
  return result;
}

interface AttemptTimes {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly loadEndedAt: number | undefined;
  readonly result: AttemptResult;
}

function endedOf({ journey, turn, pick }: AttemptPlan, times: AttemptTimes): EndedAttempt {
  const { startedAt, endedAt, loadEndedAt, result } = times;
  return {
    candidate: pick.candidate,
    modelKey: journey.facts.modelKey,
    node: pick.candidate.node.nodeId,
    terms: { numCtx: journey.facts.numCtx, options: journey.facts.loadOptions },
    prompt: promptOf(journey),
    kind: journey.facts.kind,
    isStream: journey.facts.isStream,
    staysLoaded: journey.facts.keepAlive !== "zero" && journey.facts.kind !== "unload",
    loadMs: turn.needsLoad && loadEndedAt !== undefined ? loadEndedAt - startedAt : undefined,
    startedAt,
    endedAt,
    result,
  };
}

interface AttemptClock {
  readonly startedAt: number;
  readonly noteLoadEnd: () => void;
}

function orderOf(
  { parts, incoming, voice, journey, turn, pick }: AttemptPlan,
  { startedAt, noteLoadEnd }: AttemptClock,
) {
  const { facts } = journey;
  return {
    candidate: pick.candidate,
    facts,
    body: journey.body,
    headers: parts.forwardedHeaders(incoming.headers, facts.requestId),
    needsLoad: turn.needsLoad,
    sink: incoming.sink,
    tap: voice.createTap(facts),
    ownHeaders: () => attemptHeaders(journey, pick, startedAt),
    failureRecord: (reading: Parameters<RouteVoice["failureRecord"]>[1], detail: string) =>
      voice.failureRecord(facts, reading, cutMessage(pick.candidate.node.nodeId, detail)),
    onFirstByte: () => {
      // An answer in one piece begins when it is done: it tells nothing about how many the node computes at once.
      if (facts.isStream) turn.slot.firstByte();
      parts.attemptAnswered(pick.candidate);
    },
    onLoadEnded: noteLoadEnd,
    onLoaded: () => parts.modelLoaded(pick.candidate, facts),
  };
}

const promptOf = ({ facts }: Journey) => ({
  characters: facts.promptCharacters,
  images: facts.imageCount,
});

const cutMessage = (node: string, detail: string): string =>
  `the answer of node '${node}' ended before it was complete (${detail})`;

function noteFailure(
  journey: Journey,
  failed: Extract<AttemptResult, { kind: "failed" }>,
  where: { readonly laneKey: string; readonly at: number },
): void {
  journey.lastFailure = failed;
  journey.failedOn.set(where.laneKey, where.at);
}

function slotResultOf(result: AttemptResult, latencyMs: number): Omit<SlotResult, "isStillLoading"> {
  const usage = result.kind === "failed" ? undefined : result.usage;
  return {
    isCompleted: result.kind === "completed",
    isFailed: (result.kind === "failed" && result.failureClass !== "callers-fault") || result.kind === "broken",
    latencyMs,
    promptTokens: usage?.promptTokens ?? 0,
    completionTokens: usage?.outputTokens ?? 0,
  };
}
