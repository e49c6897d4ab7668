import type { FleetAggregates, Holder } from "./fleet-snapshot.ts";
import type { RequestFacts } from "./request.ts";

/** State of the breaker that guards a backend. */
export type BreakerState = "closed" | "open" | "half-open";

/** Work on a candidate's lane and on its whole node, ahead of the request that is being decided. */
export interface CandidateLoad {
  /** Requests holding a slot of this node:model. */
  readonly inFlight: number;
  /** Requests ahead that are expected to run on this node:model. */
  readonly waiting: number;
  /** Requests holding a slot on the node, whatever the model. */
  readonly nodeInFlight: number;
  /** Requests ahead that are expected on the node, whatever the model. */
  readonly nodeWaiting: number;
  /** Slots of this node:model. */
  readonly limit: number;
  /** A model is being loaded on the node now. */
  readonly isNodeLoading: boolean;
  /** That model is this candidate's own; absent counts as false. */
  readonly isModelLoading?: boolean | undefined;
}

/** What was measured of a (node, model); undefined where nothing was. */
export interface LearnedSpeeds {
  /** Whole time of a request from dispatch to last byte, ms. */
  readonly slotMs: number | undefined;
  /** From dispatch to the first body byte on a loaded model, ms. */
  readonly firstTokenMs: number | undefined;
  readonly prefillTokensPerS: number | undefined;
  readonly decodeTokensPerS: number | undefined;
  /** Load time per GiB of model, ms. */
  readonly loadMsPerGib: number | undefined;
  /** Output length, tokens. */
  readonly outputTokens: number | undefined;
  /** Finished requests behind these numbers. */
  readonly samples: number;
}

/** Nothing was measured yet. */
export const NOTHING_LEARNED: LearnedSpeeds = {
  slotMs: undefined,
  firstTokenMs: undefined,
  prefillTokensPerS: undefined,
  decodeTokensPerS: undefined,
  loadMsPerGib: undefined,
  outputTokens: undefined,
  samples: 0,
};

/** One node, backend and model for one request, with the load and the learned speeds of this moment. */
export interface Candidate extends Holder {
  /** Size the model is expected to have in memory here, bytes; absent when nobody estimated it. */
  readonly expectedBytes?: number | undefined;
  readonly load: CandidateLoad;
  readonly learned: LearnedSpeeds;
  readonly breaker: BreakerState;
  /** An attempt of this request has failed here already. */
  readonly hasFailed: boolean;
  /** This (node, model) could not be loaded lately. */
  readonly isLoadBlocked: boolean;
  /** Instant of the last pick, Unix epoch ms; 0 never. */
  readonly lastChosenAt: number;
}

/** Everything that scheduling may see. Frozen. */
export interface SchedulingView {
  readonly request: RequestFacts;
  readonly candidates: readonly Candidate[];
  readonly fleet: FleetAggregates;
  /** Unix epoch ms. */
  readonly now: number;
}

/** Whether a request could start there at once: a slot is free, and no other load is in the way of one it needs. */
export const hasFreeSlot = ({ load, model }: Candidate): boolean =>
  load.inFlight < load.limit && (model.loaded !== undefined || !load.isNodeLoading);
