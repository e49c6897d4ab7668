import type { AttemptResult, FailedAttempt, HeldAnswer, ReplyUsage } from "../dispatch/attempt-result.ts";
import type { RankedCandidate } from "../domain/decision.ts";
import type { ErrorCode } from "../domain/errors.ts";
import type { FailureClass } from "../domain/outcome.ts";
import type { Edit, RequestFacts } from "../domain/request.ts";
import type { RequestBody } from "../domain/request-body.ts";
import type { DecisionShort } from "../traces/decision-short.ts";

/** One attempt as it goes into the records. Instants are ms on the monotonic clock. */
export interface AttemptNote {
  readonly pick: RankedCandidate;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly result: AttemptResult;
  /** The model that was tried. */
  readonly model: string;
  /** It was one of the client's `fallback_models`. */
  readonly isFallback: boolean;
  /** The decision in the form in which it is stored; undefined where none was made. */
  readonly decision: DecisionShort | undefined;
}

/** How long a request may stay without any candidate (ms), and what it is told after that. */
export interface Hold {
  readonly ms: number;
  readonly codeAfter: ErrorCode;
}

/** One model that may serve the request, and how long it may be waited for. */
export interface ModelChoice {
  readonly model: string;
  readonly modelKey: RequestFacts["modelKey"];
  readonly hold: Hold;
}

/** How far one request has come. The only thing of a request that changes. */
export interface Journey {
  /** Those of the model that is tried now. */
  facts: RequestFacts;
  /** The model that the client's name stands for. */
  readonly askedModel: string;
  /** As the client sent it. */
  readonly body: RequestBody;
  /** What has to change in the body, whoever serves it. */
  readonly edits: readonly Edit[];
  /** `num_ctx` as it stands in the body. */
  readonly bodyNumCtx: number | undefined;
  /** The models that are left to be tried, in order. */
  choices: readonly ModelChoice[];
  /** The model tried now is one of the client's `fallback_models`. */
  isFallback: boolean;
  /** What was changed for the last attempt, and what that adds to the response headers. */
  editLabels: readonly string[];
  callHeaders: readonly string[];
  readonly attempts: AttemptNote[];
  /** Lanes on which it failed, with the instant, Unix epoch ms. */
  readonly failedOn: Map<string, number>;
  hold: Hold;
  countedFailures: number;
  /** It may go back to a node that could not be reached, once that was heard of. */
  mayReturn: boolean;
  /** Time spent waiting for a turn, ms. */
  queueMs: number;
  /** Time after its first failure in which there was no candidate at all, as far as it is over, ms. */
  heldMs: number;
  lastFailure: FailedAttempt | undefined;
  isGone: boolean;
  /** Ends what is going on now because the client left. */
  leave: () => void;
}

/** What a request brings along. */
export interface Departure {
  readonly facts: RequestFacts;
  readonly body: RequestBody;
  readonly edits: readonly Edit[];
  readonly bodyNumCtx: number | undefined;
}

/** A journey at its beginning. */
export function beginJourney({ facts, body, edits, bodyNumCtx }: Departure): Journey {
  return {
    facts,
    askedModel: facts.model,
    body,
    edits,
    bodyNumCtx,
    choices: [],
    isFallback: false,
    editLabels: [],
    callHeaders: [],
    attempts: [],
    failedOn: new Map(),
    hold: { ms: 0, codeAfter: "HERD_NO_CANDIDATE" },
    countedFailures: 0,
    mayReturn: false,
    queueMs: 0,
    heldMs: 0,
    lastFailure: undefined,
    isGone: false,
    leave: () => undefined,
  };
}

const codes: Readonly<Record<FailureClass, ErrorCode>> = {
  unreachable: "HERD_NODE_UNREACHABLE",
  "node-fault": "HERD_NODE_FAILED",
  "load-failure": "HERD_LOAD_FAILED",
  busy: "HERD_NODE_BUSY",
  stall: "HERD_STALLED",
  "stale-inventory": "HERD_MODEL_NOT_FOUND",
  "callers-fault": "HERD_BAD_REQUEST",
  incomplete: "HERD_STREAM_CUT",
  unsuited: "HERD_UNTRANSLATABLE",
};

/** The catalogue's code for a kind of failure. */
export const codeOfFailure = (failureClass: FailureClass): ErrorCode => codes[failureClass];

/** The node's own answer to the last attempt, when it is one that a client may see. */
export function answerToPassOn(journey: Journey): HeldAnswer | undefined {
  const answer = journey.lastFailure?.answer;
  // An empty 403 is the node's Host or Origin check: it speaks about the router, not about the client.
  return answer === undefined || (answer.status === 403 && answer.body.length === 0) ? undefined : answer;
}

/** What the closing records of the last attempt told. */
export function usageOfJourney(journey: Journey): ReplyUsage | undefined {
  const result = journey.attempts.at(-1)?.result;
  return result === undefined || result.kind === "failed" ? undefined : result.usage;
}
