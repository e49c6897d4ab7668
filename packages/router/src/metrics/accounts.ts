import type { ErrorSource } from "../domain/catalogue/error-row.ts";
import type { RequestKind } from "../domain/request.ts";
import { buckets } from "./buckets.ts";
import { FlatHistogram } from "./flat-histogram.ts";

/** What a request was for; `real` is the only one that counts as use. */
export const trafficNames = ["real", "demo", "benchmark", "briefing"] as const;
export type TrafficName = (typeof trafficNames)[number];

/** How a request ended, as a label tells it. */
export interface EndLabels {
  readonly kind: string;
  readonly dialect: string;
  readonly traffic: TrafficName;
  readonly outcome: string;
  readonly errorCode: string;
  /** Whose doing an error is; empty where there is none. */
  readonly errorSource: "" | ErrorSource;
}

/** Sums of one model on one node. */
export interface PairAccount {
  readonly node: string;
  /** Requests by the index of their end. */
  readonly ends: Map<number, number>;
  readonly sums: readonly TrafficSums[];
}

/** Sums of one kind of traffic. */
export interface TrafficSums {
  inputTokens: number;
  outputTokens: number;
  retries: number;
  fallbacks: number;
  joules: number;
  joulesEstimated: number;
}

/** How a request ended that reached a node: OpenTelemetry's `error.type` of its duration, so a failure makes no good end look fast. */
export type DurationEnd = "" | "cancelled" | "failed" | "incomplete";

/** Distributions of one model and operation; real work only. */
export interface OperationAccount {
  readonly operation: string;
  /** By how it ended; empty for a good end. */
  readonly durations: Map<DurationEnd, FlatHistogram>;
  readonly firstToken: FlatHistogram;
  readonly perToken: FlatHistogram;
  readonly inputTokens: FlatHistogram;
  readonly outputTokens: FlatHistogram;
}

/** Everything about one model. */
export interface ModelAccount {
  readonly model: string;
  readonly wait: FlatHistogram;
  readonly operations: Map<string, OperationAccount>;
  /** By the index of the node. */
  readonly pairs: Map<number, PairAccount>;
}

/** Everything about one node. */
export interface NodeAccount {
  readonly node: string;
  readonly index: number;
  /** It is, or was, a machine of the demo. */
  isDemo: boolean;
  readonly attempts: FlatHistogram;
  readonly firstByte: FlatHistogram;
  readonly loads: FlatHistogram;
  /** Failed attempts by the kind of failure. */
  readonly failures: Map<string, number>;
}

/** OpenTelemetry's names of operations, where it has one. */
const operationNames: Readonly<Partial<Record<RequestKind, string>>> = {
  generate: "text_completion",
  embed: "embeddings",
};

/** What OpenTelemetry calls a kind of request. */
export const operationName = (kind: RequestKind): string => operationNames[kind] ?? kind;

/** The distributions of one kind of request; made when it is seen first. */
export function operationOf({ operations }: ModelAccount, kind: RequestKind): OperationAccount {
  const known = operations.get(kind);
  if (known !== undefined) return known;
  const account = {
    operation: operationName(kind),
    durations: new Map(),
    firstToken: new FlatHistogram(buckets.firstToken),
    perToken: new FlatHistogram(buckets.perToken),
    inputTokens: new FlatHistogram(buckets.tokens),
    outputTokens: new FlatHistogram(buckets.tokens),
  };
  operations.set(kind, account);
  return account;
}

/** The durations of requests that ended so; made when one does so first. */
export function durationsOf({ durations }: OperationAccount, end: DurationEnd): FlatHistogram {
  const known = durations.get(end);
  if (known !== undefined) return known;
  const histogram = new FlatHistogram(buckets.duration);
  durations.set(end, histogram);
  return histogram;
}

/** A model without any history. */
export const createModelAccount = (model: string): ModelAccount => ({
  model,
  wait: new FlatHistogram(buckets.wait),
  operations: new Map(),
  pairs: new Map(),
});

/** A node without any history. */
export const createNodeAccount = (node: string, index: number): NodeAccount => ({
  node,
  index,
  isDemo: false,
  attempts: new FlatHistogram(buckets.duration),
  firstByte: new FlatHistogram(buckets.firstToken),
  loads: new FlatHistogram(buckets.load),
  failures: new Map(),
});

/** Nothing yet. */
export const emptySums = (): TrafficSums => ({
  inputTokens: 0,
  outputTokens: 0,
  retries: 0,
  fallbacks: 0,
  joules: 0,
  joulesEstimated: 0,
});
