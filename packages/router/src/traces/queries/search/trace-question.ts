import type { TraceStatus } from "@herd/shared";

/** A place in the order of ends, newest first: what comes after it ended before, or has a smaller row id. */
export interface TracePlace {
  /** Unix epoch seconds. */
  readonly timestamp: number;
  readonly id: number;
}

/** What a request was for; `all` takes everything that the caller may see. */
export type WantedTraffic = "all" | "real" | "demo" | "benchmark" | "briefing";

/** Which stored requests are wanted; what is left out does not matter. */
export interface TraceQuestion {
  /** From 1 to 1,000. */
  readonly limit: number;
  /** Rows of the demo, too: only callers on this machine see them. */
  readonly withSimulated: boolean;
  /** Only what comes after this place. */
  readonly after?: TracePlace | undefined;
  readonly model?: string | undefined;
  readonly originalModel?: string | undefined;
  readonly nodeId?: string | undefined;
  readonly statuses?: readonly TraceStatus[] | undefined;
  readonly tag?: string | undefined;
  readonly kind?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly dialect?: string | undefined;
  readonly errorCode?: string | undefined;
  readonly traffic?: WantedTraffic | undefined;
  readonly minLatencyMs?: number | undefined;
  readonly minQueueMs?: number | undefined;
  /** Ended at or after this, Unix epoch seconds. */
  readonly since?: number | undefined;
  /** Ended before this, Unix epoch seconds. */
  readonly until?: number | undefined;
  /** Beginning of the request id. */
  readonly requestId?: string | undefined;
  /** Only those that took or waited long. */
  readonly isSlow?: boolean | undefined;
}

/** A request is slow when it took this long in all, or until its first byte, ms. */
export const SLOW_MS = { latency: 30_000, firstByte: 10_000 } as const;
