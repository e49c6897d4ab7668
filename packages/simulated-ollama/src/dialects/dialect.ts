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

/** The HTTP chunks of one record; none is a record that the client gets nothing of (but the head, if it is the first). */
export type Chunks = readonly string[];

/** How one route words what happens without any text of the model. */
export interface Envelope {
  /** The answer to a request without a prompt; as chunks where such an answer is a stream. */
  loadOnly(reason: "load" | "unload"): WholeAnswer | Chunks;
  refuse(refusal: Refusal): WholeAnswer;
  readonly streamHeaders: RawHeaders;
}

/** How one route words what the model does. One dialect is good for one answer: some count what they have sent. */
export interface Dialect extends Envelope {
  piece(piece: Piece): Chunks;
  closing(closing: TimedClosing): Chunks;
  whole(gathered: GatheredAnswer): WholeAnswer;
  /** The prompt as the model would get it, for `_debug_render_only`. */
  renderOnly(prompt: string): WholeAnswer;
  /** The last chunks of a stream whose runner died. */
  broken(text: string): Chunks;
}

/** Content and thinking of all records, each as one text. */
export function joinPieces(pieces: readonly Piece[]): { readonly content: string; readonly thinking: string } {
  return {
    content: pieces.map((piece) => piece.content).join(""),
    thinking: pieces.map((piece) => piece.thinking ?? "").join(""),
  };
}
