import type { DialectName } from "./dialects.ts";
import type { Pace } from "./pace.ts";

/** What the client program is to do. */
export interface StreamOrder {
  readonly port: number;
  readonly dialect: DialectName;
  /** The model that is asked for; absent: that of all measured requests. */
  readonly model?: string;
  /** How each stream is to come; the client demands every piece of it. */
  readonly pace: Pace;
  /** Streams that run at one time. */
  readonly streams: number;
  /** They begin spread over this time, ms; 0: all at once. */
  readonly spreadMs: number;
}

/** One stream as the client saw it, ms. */
export interface StreamSight {
  /** Request sent to first byte of the body. */
  readonly firstMs: number;
  /** The longest time between two arrivals. */
  readonly largestGapMs: number;
  /** Request sent to the end. */
  readonly totalMs: number;
  /** Everything came, and the end as it should. */
  readonly isWhole: boolean;
}

/** What the client program answers. */
export interface StreamReport {
  readonly streams: readonly StreamSight[];
  /** CPU time of the client itself, ms. */
  readonly cpuMs: number;
}
