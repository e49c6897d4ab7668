import type { Piece } from "../generation/plan-answer.ts";
import type { Closing } from "../generation/run-answer.ts";
import type { RawHeaders, WholeAnswer } from "../http/answer.ts";

/** A refusal or failure, before it has a form. */
export interface Refusal {
  readonly status: number;
  readonly text: string;
  /** Where it was found: by the route itself, or by the stream before its first record (Go frames these otherwise). */
  readonly stage: "route" | "stream";
}

/** The whole of an answer. */
export interface GatheredAnswer {
  readonly pieces: readonly Piece[];
  /** `undefined` when the runner ended without a last record. */
  readonly closing: TimedClosing | undefined;
}

/** The closing record with the durations that lie outside the runner, in nanoseconds. */
export interface TimedClosing extends Closing {
  readonly totalDuration: number;
  readonly loadDuration: number;
}

/** How one route words what the model does. Every text of a stream is one HTTP chunk. */
export interface Dialect {
  readonly streamHeaders: RawHeaders;
  piece(piece: Piece): string;
  closing(closing: TimedClosing): string;
  whole(gathered: GatheredAnswer): WholeAnswer;
  /** The answer to a request without a prompt. */
  loadOnly(reason: "load" | "unload"): WholeAnswer;
  /** The prompt as the model would get it, for `_debug_render_only`. */
  renderOnly(prompt: string): WholeAnswer;
  refuse(refusal: Refusal): WholeAnswer;
  /** The last chunk of a stream whose runner died. */
  broken(text: string): string;
}

/** Content and thinking of all records, each as one text. */
export function joinPieces(pieces: readonly Piece[]): { readonly content: string; readonly thinking: string } {
  return {
    content: pieces.map((piece) => piece.content).join(""),
    thinking: pieces.map((piece) => piece.thinking ?? "").join(""),
  };
}
