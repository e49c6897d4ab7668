/** Requests of one node, model and kind. */
export interface UseCell {
  /** Empty when no node was reached. */
  readonly nodeId: string;
  readonly model: string;
  /** As `RequestKind`; empty for rows of earlier programs. */
  readonly kind: string;
  readonly day: UseCounts;
  readonly recent: UseCounts;
}

/** Sums over some requests. Times are ms. */
export interface UseCounts {
  readonly requests: number;
  readonly completed: number;
  readonly failed: number;
  readonly incomplete: number;
  readonly noOutput: number;
  readonly disconnected: number;
  readonly retries: number;
  readonly fallbacks: number;
  /** Times until the first byte, of the requests that have one. */
  readonly ttftMs: number;
  readonly ttftCount: number;
  /** Requests for which the model was really loaded, and how long that took. */
  readonly loads: number;
  readonly loadMs: number;
  /** Completed with the first byte after 40 s (the predecessor's bound). */
  readonly coldLoads: number;
  /** Failed after 120 s (the predecessor's bound). */
  readonly timeouts: number;
  /** Spent waiting for a slot, all requests together. */
  readonly queueWaitMs: number;
  readonly latencyMs: number;
  readonly latencyCount: number;
}

/** One stored request, as far as checks look at it. */
export interface EndedRow {
  readonly requestId: string;
  /** Unix epoch ms. */
  readonly at: number;
  readonly status: "completed" | "failed" | "incomplete" | "no_output" | "client_disconnected";
  /** Empty when none was reached. */
  readonly nodeId: string;
  /** The model that served, or would have. */
  readonly model: string;
  /** As the client named it. */
  readonly askedModel: string;
  readonly kind: string;
  readonly dialect: string;
  readonly errorCode: string;
  /** As stored: a failure class of the last attempt, or how it ended otherwise. */
  readonly errorClass: string;
  readonly error: string;
  readonly latencyMs: number;
  readonly ttftMs: number;
  readonly loadMs: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly estimatedTokens: number;
  readonly retries: number;
  /** Nodes on which an attempt failed. */
  readonly failedOn: readonly string[];
  readonly isFallback: boolean;
  /** Labels of what the router changed. */
  readonly edits: readonly string[];
}
