import type { FailureClass, Outcome } from "../domain/outcome.ts";
import type { Dialect, RequestKind } from "../domain/request.ts";
import type { DecisionShort } from "./decision-short.ts";

/** Everything that is stored about one request, handed over once, when it has ended. It is kept as it is until it is written: never change it afterwards. */
export interface TraceInput {
  readonly requestId: string;
  readonly kind: RequestKind;
  /** Undefined when the request was refused before its dialect was known. */
  readonly dialect: Dialect | undefined;
  /** Path that was called; a query is cut off. */
  readonly endpoint: string;
  readonly isStream: boolean;
  /** Model as the client wrote it; empty when it named none. */
  readonly requestedModel: string;
  /** Model that served, or would have, as `/api/tags` shows it (`gemma3:latest`). */
  readonly servedModel: string;
  /** Another model than the requested one stepped in; an alias or another spelling is none. */
  readonly isFallback: boolean;
  readonly clientAddress: string | undefined;
  readonly tags: readonly string[];
  /** Estimated prompt tokens; undefined when the body was never read. */
  readonly estimatedTokens: number | undefined;
  readonly outcome: Outcome;
  /** Status the client was sent; undefined when it left before. */
  readonly httpStatus: number | undefined;
  /** It was for the demo: nothing is learned from it. */
  readonly isSimulated: boolean;
  /** Node of the last attempt; empty when none was reached. */
  readonly nodeId: string;
  /** The winner's weighted sum; undefined without a decision. */
  readonly score: number | undefined;
  /** Points per signal of the winner, and `total`. */
  readonly breakdown: Readonly<Record<string, number>> | undefined;
  readonly retryCount: number;
  /** Nodes that were left out because an attempt failed there. */
  readonly excludedNodes: readonly string[];
  /** Labels of the changes made to the request. */
  readonly edits: readonly string[];
  readonly times: TraceTimes;
  /** What the reply told about itself; undefined when no reply was read. */
  readonly usage: TraceUsage | undefined;
  /** In the order in which they were made; empty when no node was called. */
  readonly attempts: readonly AttemptInput[];
  /** What it took of the node's energy; absent where that is not known. */
  readonly energy?: TraceEnergy | undefined;
}

/** Energy of one request. */
export interface TraceEnergy {
  /** Its share of all that its nodes took while it ran: see `energy/energy-meter`. */
  readonly joules: number;
  /** It comes from the hardware's class, not from a measurement. */
  readonly isEstimated: boolean;
}

export interface TraceTimes {
  /** End of the request, Unix epoch ms. */
  readonly endedAt: number;
  /** Arrival to last byte, ms. */
  readonly latencyMs: number;
  /** Arrival to first body byte, ms; undefined when none was sent. */
  readonly firstByteMs: number | undefined;
  /** Spent waiting for a slot, all attempts together, ms. */
  readonly queueWaitMs: number;
  /** The router's own time, ms. */
  readonly overheadMs: number | undefined;
}

/** Numbers of the reply; undefined where it did not tell. */
export interface TraceUsage {
  readonly promptTokens: number | undefined;
  readonly completionTokens: number | undefined;
  /** The token counts are the router's own, not the node's. */
  readonly isEstimated: boolean;
  readonly finishReason: string | undefined;
  readonly loadMs: number | undefined;
  readonly prefillMs: number | undefined;
  readonly decodeMs: number | undefined;
}

/** One try at one candidate. */
export interface AttemptInput {
  readonly nodeId: string;
  /** Which backend of the node. */
  readonly backend: string;
  /** Name under which the model was asked for there. */
  readonly model: string;
  /** Dispatch, Unix epoch ms. */
  readonly startedAt: number;
  /** Dispatch to last byte, failure or abort, ms. */
  readonly endedMs: number;
  /** Dispatch to first body byte, ms. */
  readonly firstByteMs: number | undefined;
  /** The node's status; undefined when it sent none. */
  readonly httpStatus: number | undefined;
  /** Undefined when it did not fail. */
  readonly failureClass: FailureClass | undefined;
  readonly errorMessage: string | undefined;
  /** Made by `shortDecision` at once, so that no snapshot is held. */
  readonly decision: DecisionShort | undefined;
}
