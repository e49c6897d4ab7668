import type { SlotResult, Turn } from "../admission/turn.ts";
import type { AttemptOrder, RunningAttempt } from "../dispatch/attempt.run.ts";
import type { AttemptResult, FailedAttempt } from "../dispatch/attempt-result.ts";
import type { RankedCandidate } from "../domain/decision.ts";
import type { Untranslatable } from "../domain/translation.ts";
import { attemptHeaders } from "./answers/attempt-headers.ts";
import { inDialect } from "./calls/in-dialect.ts";
import { type PreparedCall, prepareCall } from "./calls/prepare-call.ts";
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
  const call = prepare(plan);
  const running = call.kind === "call" ? startCall(plan, call, { startedAt, noteLoadEnd }) : neverSent(call.why);
  journey.leave = running.cancel;
  if (journey.isGone) running.cancel();
  const result = await running.result;
  const endedAt = parts.now();
  const { model } = journey.facts;
  const { isFallback } = journey;
  const decision = parts.shortDecision(turn.decision);
  journey.attempts.push({ pick, model, isFallback, startedAt, endedAt, result, decision });
  if (result.kind === "failed") noteFailure(journey, result, { laneKey: pick.candidate.laneKey, at: parts.epochNow() });
  if (result.kind === "failed" && result.failureClass === "busy") turn.slot.busy();
  try {
    // Before the slot is free: whoever gets it must already know what became of this attempt.
    const numCtx = call.kind === "call" ? call.numCtx : undefined;
    parts.attemptEnded(endedOf(plan, { startedAt, endedAt, loadEndedAt, result, numCtx }));
  } finally {
    turn.slot.release({ ...slotResultOf(result, endedAt - startedAt), isStillLoading: running.isLoading() });
  }
  return result;
}

/** @throws whatever goes wrong inside the router; the slot is free again then. */
function prepare({ parts, journey, voice, pick, turn }: AttemptPlan): PreparedCall | Untranslatable {
  try {
    return prepareCall({ tools: parts.tools, journey, voice, candidate: pick.candidate });
  } catch (error) {
    turn.slot.release({ ...NOTHING_DONE, isStillLoading: false });
    throw error;
  }
}

const NOTHING_DONE: Omit<SlotResult, "isStillLoading"> = {
  isCompleted: false,
  isFailed: false,
  latencyMs: 0,
  promptTokens: 0,
  completionTokens: 0,
};

interface AttemptTimes {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly loadEndedAt: number | undefined;
  readonly result: AttemptResult;
  /** The `num_ctx` that was sent. */
  readonly numCtx: number | undefined;
}

function startCall(plan: AttemptPlan, call: PreparedCall, clock: AttemptClock): RunningAttempt {
  plan.journey.editLabels = call.labels;
  plan.journey.callHeaders = call.headers;
  return plan.parts.startAttempt(orderOf(plan, call, clock));
}

/** The candidate's server lacks the dialect, and the request cannot be said in the one it has. */
const neverSent = (why: string): RunningAttempt => ({
  result: Promise.resolve({
    kind: "failed",
    failureClass: "unsuited",
    detail: why,
    status: undefined,
    answer: undefined,
    isRefused: false,
  }),
  cancel: () => undefined,
  isLoading: () => false,
});

function endedOf({ journey, turn, pick }: AttemptPlan, times: AttemptTimes): EndedAttempt {
  const { startedAt, endedAt, loadEndedAt, result, numCtx } = times;
  return {
    requestId: journey.facts.requestId,
    candidate: pick.candidate,
    modelKey: journey.facts.modelKey,
    node: pick.candidate.node.nodeId,
    terms: { numCtx, options: journey.facts.loadOptions },
    prompt: promptOf(journey),
    tags: journey.facts.tags,
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
  call: PreparedCall,
  { startedAt, noteLoadEnd }: AttemptClock,
): AttemptOrder {
  const { facts } = journey;
  return {
    candidate: pick.candidate,
    facts,
    path: call.path,
    body: call.body,
    translator: call.translator,
    toldInDialect: (answer) => inDialect({ parts, voice, facts }, answer),
    headers: parts.forwardedHeaders(incoming.headers, facts.requestId),
    needsLoad: turn.needsLoad,
    sink: incoming.sink,
    tap: call.tap,
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
  // What only this candidate's server lacks says nothing that was not said before.
  if (failed.failureClass !== "unsuited" || journey.lastFailure === undefined) journey.lastFailure = failed;
  journey.failedOn.set(where.laneKey, where.at);
}

function slotResultOf(result: AttemptResult, latencyMs: number): Omit<SlotResult, "isStillLoading"> {
  const usage = result.kind === "failed" ? undefined : result.usage;
  return {
    isCompleted: result.kind === "completed",
    isFailed: (result.kind === "failed" && !isCallers(result)) || result.kind === "broken",
    latencyMs,
    promptTokens: usage?.promptTokens ?? 0,
    completionTokens: usage?.outputTokens ?? 0,
  };
}

const isCallers = ({ failureClass }: FailedAttempt): boolean =>
  failureClass === "callers-fault" || failureClass === "unsuited";
