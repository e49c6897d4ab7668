import type { FailureClass } from "../domain/outcome.ts";

/** Numbers that a reply's closing record carries; undefined where it carries none. Durations in ms. */
export interface ReplyUsage {
  readonly promptTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly loadMs: number | undefined;
  readonly prefillMs: number | undefined;
  readonly decodeMs: number | undefined;
  readonly finishReason: string | undefined;
  /** Records that carried output, for replies without a count. */
  readonly contentRecords: number;
}

/** The whole of an answer that was not relayed because it may be replaced by another attempt's. */
export interface HeldAnswer {
  readonly status: number;
  /** Name, value, name, value … as the node sent them. */
  readonly headers: readonly string[];
  readonly body: Uint8Array;
}

/** How one attempt ended. Instants are ms on the monotonic clock. */
export type AttemptResult =
  | { readonly kind: "completed"; readonly status: number; readonly firstByteAt: number; readonly usage: ReplyUsage }
  | {
      readonly kind: "failed";
      readonly failureClass: FailureClass;
      readonly detail: string;
      /** HTTP status of the node, when it answered. */
      readonly status: number | undefined;
      /** The node's own answer, for when no other attempt is made. */
      readonly answer: HeldAnswer | undefined;
      /** The node's port refused the connection, so nobody listens there. */
      readonly isRefused: boolean;
    }
  | {
      readonly kind: "broken";
      readonly failureClass: FailureClass;
      readonly detail: string;
      readonly firstByteAt: number;
      readonly usage: ReplyUsage;
    }
  | { readonly kind: "cancelled"; readonly firstByteAt: number | undefined; readonly usage: ReplyUsage | undefined };

/** An attempt that failed before its first byte. */
export type FailedAttempt = Extract<AttemptResult, { kind: "failed" }>;
