import type { ModelKey, NodeId, RequestId } from "@herd/shared";
import type { Admission } from "../admission/admission.ts";
import type { AttemptOrder, RunningAttempt } from "../dispatch/attempt.run.ts";
import type { AttemptResult } from "../dispatch/attempt-result.ts";
import type { Candidate } from "../domain/candidate.ts";
import type { Decision } from "../domain/decision.ts";
import type { Holder, LoadTerms } from "../domain/fleet-snapshot.ts";
import type { Capability, Dialect, RequestFacts, RequestKind } from "../domain/request.ts";
import type { NameMeaning } from "../models/name-book.ts";
import type { DecisionShort } from "../traces/decision-short.ts";
import type { CallTools } from "./calls/call-tools.ts";
import type { EndedRequest } from "./ended-request.ts";
import type { Incoming, RouteVoice } from "./incoming.ts";

/** The parts that serving a request is put together from. */
export interface ServeParts {
  /** ms on the monotonic clock. */
  readonly now: () => number;
  /** Unix epoch ms. */
  readonly epochNow: () => number;
  /** The name that a name stands for; itself when it is no alias. Anthropic's clients have names of their own. */
  readonly aliasOf: (model: string, asked: NameAsked) => string;
  readonly keyOf: (model: string) => ModelKey | undefined;
  /** @param seesDemo the caller may use the demo; to others its models do not exist. */
  readonly meaningOf: (key: ModelKey, seesDemo: boolean) => NameMeaning | Promise<NameMeaning>;
  /** One of the client's `fallback_models` stands for nothing. */
  readonly onMissingFallback?: (model: string, requestId: RequestId) => void;
  readonly estimateTokens: (key: ModelKey, size: { readonly characters: number; readonly images: number }) => number;
  /** The `num_ctx` that the operator wants for native requests that name none. */
  readonly numCtxFor: (key: ModelKey, promptTokens: number) => number | undefined;
  /** Everybody who has the model, in whatever state. */
  readonly holdersOf: (key: ModelKey, seesDemo: boolean) => readonly Holder[];
  /** What the calls to nodes are made with. */
  readonly tools: CallTools;
  readonly admission: Admission;
  readonly startAttempt: (order: AttemptOrder) => RunningAttempt;
  /** Takes one retry out of the fleet's budget. */
  readonly takeRetry: () => boolean;
  readonly noteRequest: () => void;
  /** Further attempts after a fault of a node. */
  readonly maxRetries: () => number;
  readonly forwardedHeaders: (raw: readonly string[], requestId: RequestId) => string[];
  /** A request has got its turn there. */
  readonly attemptBegan: (candidate: Candidate, requestId: RequestId) => void;
  /** The node sent the first byte of an answer. */
  readonly attemptAnswered: (candidate: Candidate) => void;
  /** The router has loaded the model there for this request. */
  readonly modelLoaded: (candidate: Candidate, facts: RequestFacts) => void;
  /** An attempt ended: breaker, learned speeds, registry. */
  readonly attemptEnded: (ended: EndedAttempt) => void;
  /** The form of a decision that the attempt's row keeps. */
  readonly shortDecision: (decision: Decision) => DecisionShort;
  /** Keeps the decision of one attempt for `/fleet/decisions/:id`. */
  readonly keepDecision: (decision: Decision, place: DecisionPlace) => void;
  /**
   * Lets a node pull a model that nobody has, where the settings and the caller allow that. Resolves when it has come, or when
   * it will not in time; undefined when it is not pulled.
   */
  readonly pullMissing: (facts: RequestFacts) => Promise<boolean> | undefined;
  /** Exactly one call per request. */
  readonly record: (ended: EndedRequest) => void;
}

/** Who asks for a name, and for what. */
export interface NameAsked {
  readonly dialect: Dialect;
  readonly seesDemo: boolean;
  /** What the request needs of a model, as far as it is known. */
  readonly needed?: readonly Capability[];
}

/** Which attempt a decision was made for, and how long it took. */
export interface DecisionPlace {
  /** 1 for the first. */
  readonly attempt: number;
  readonly model: string;
  /** µs. */
  readonly tookUs: number;
}

/** An attempt with its result, for whoever learns from it. Instants are ms on the monotonic clock. */
export interface EndedAttempt {
  readonly requestId: RequestId;
  readonly candidate: Candidate;
  readonly modelKey: ModelKey;
  readonly node: NodeId;
  /** What the request asks of a load. */
  readonly terms: LoadTerms;
  readonly prompt: { readonly characters: number; readonly images: number };
  /** Tags of the request. */
  readonly tags: readonly string[];
  readonly kind: RequestKind;
  readonly isStream: boolean;
  /** The request does not unload the model after its answer. */
  readonly staysLoaded: boolean;
  /** Time of the router's own load before the request, ms; undefined when there was none. */
  readonly loadMs: number | undefined;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly result: AttemptResult;
}

/** One request and everything that serves it. */
export interface Serving {
  readonly parts: ServeParts;
  readonly incoming: Incoming;
  readonly voice: RouteVoice;
}
