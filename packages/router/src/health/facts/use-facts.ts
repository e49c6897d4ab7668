/** How fast one node answers with one model: the last hour against what is usual there. */
export interface PaceFacts {
  readonly nodeId: string;
  readonly model: string;
  /** Tokens per second while answers are written. */
  readonly decode?: Pace | undefined;
  /** Arrival to the first byte, ms per request. */
  readonly firstToken?: Pace | undefined;
  /** Tokens of a prompt, per request: longer prompts take longer. */
  readonly promptTokens?: Pace | undefined;
}

/** One measure. Usual is the median over the single hours of the seven days before, so that a few bad hours are none. */
export interface Pace {
  readonly recent: number;
  /** Requests behind it. */
  readonly recentRequests: number;
  readonly usual: number;
  /** A tenth of the hours lay below, a tenth above. */
  readonly low: number;
  readonly high: number;
  /** Hours with requests behind these. */
  readonly hours: number;
}

/** Tokens per request of one model, prompt and answer together, completed requests of seven days. */
export interface ContextUse {
  readonly model: string;
  readonly requests: number;
  readonly totalP99: number;
}

/** Something that happened to a model on a node. */
export interface ModelEvent {
  /** Unix epoch ms. */
  readonly at: number;
  /** As stored, for example `pulled` or `pull_failed`. */
  readonly event: string;
  readonly nodeId: string;
  readonly model: string;
  /** What failed; empty when nothing did. */
  readonly reason: string;
}

/** One node:model now. */
export interface LaneFacts {
  readonly nodeId: string;
  readonly model: string;
  readonly inFlight: number;
  readonly waiting: number;
  /** Requests it computes at once. */
  readonly limit: number;
  /** Mean time of a request, ms; undefined before the first. */
  readonly meanMs: number | undefined;
}

/** A name that clients give and no node has. */
export interface MissingName {
  readonly model: string;
  /** Requests of the last 24 hours. */
  readonly count: number;
  /** Unix epoch ms. */
  readonly lastAt: number;
  /** Ids of requests, newest first; at most ten. */
  readonly traces: readonly string[];
}

/** Requests that wait for one model. */
export interface WaitFacts {
  readonly model: string;
  readonly count: number;
  /** How long the first of them has waited, ms. */
  readonly oldestMs: number;
  /** No node can take them now. */
  readonly isHeld: boolean;
}

/** A model that shall stay in memory. */
export interface PinFacts {
  readonly model: string;
  /** Undefined: on any node. */
  readonly nodeId: string | undefined;
}
