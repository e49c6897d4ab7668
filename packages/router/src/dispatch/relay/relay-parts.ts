import type { ReplySink, ReplyTap, ReplyTapReading } from "../../domain/reply.ts";
import type { ReplyTranslator } from "../../domain/translation.ts";
import type { AttemptResult, HeldAnswer } from "../attempt-result.ts";

/** What a relay needs beside the call. */
export interface RelayParts {
  readonly sink: ReplySink;
  readonly tap: ReplyTap;
  /** ms on the monotonic clock. */
  readonly now: () => number;
  /** Headers of ours, asked for when the head is about to leave. */
  readonly ownHeaders: () => readonly string[];
  readonly onFirstByte: () => void;
  /** The record in the client's dialect that tells a failure inside a begun reply; undefined where only a cut is honest. */
  readonly failureRecord: (reading: ReplyTapReading, detail: string) => string | undefined;
  /** Turns the node's bytes into the client's dialect; absent where they are the same. */
  readonly translator?: ReplyTranslator | undefined;
  /** Tells a node's error answer in the client's dialect; absent where it is in it. */
  readonly toldInDialect?: ((answer: HeldAnswer) => HeldAnswer) | undefined;
  /** No byte for this long ends the attempt, ms. */
  readonly stallCapMs: number;
  /** A node that leaves a connection open after the closing record gets this long to end it, ms; 1000 when absent. */
  readonly quietMs?: number;
  readonly settle: (result: AttemptResult) => void;
}
