import type { WholeAnswer } from "../../http/answer.ts";
import type { Envelope } from "../dialect.ts";

/** Vectors for all texts of a request. */
export interface Embedded {
  /** In the order of the texts, each cut to the wanted dimensions and of length 1. */
  readonly vectors: readonly Float32Array[];
  readonly promptTokens: number;
  /** Nanoseconds. */
  readonly totalDuration: number;
  /** Nanoseconds. */
  readonly loadDuration: number;
}

/** How one route words vectors. */
export interface EmbedDialect extends Envelope {
  vectors(embedded: Embedded): WholeAnswer;
  /** The status that a text of the runner gets when it fails or refuses a text. */
  readonly runnerFault: { readonly died: number; readonly tooLong: number; readonly unsupported: number };
}
