/** What a reply said about its own cost. Absent numbers were not told; a zero that the server leaves out is absent, too. */
export interface ReplyUsage {
  readonly promptTokens: number | undefined;
  readonly outputTokens: number | undefined;
  /** Whole time on the node, ms. */
  readonly totalMs: number | undefined;
  /** Time to load the model; some tens of ms even when it was loaded. */
  readonly loadMs: number | undefined;
  readonly promptMs: number | undefined;
  readonly outputMs: number | undefined;
}

/** The cost of a reply that counts tokens and tells no times. */
export const usageWithoutTimes = (promptTokens: number | undefined, outputTokens: number | undefined): ReplyUsage => ({
  promptTokens,
  outputTokens,
  totalMs: undefined,
  loadMs: undefined,
  promptMs: undefined,
  outputMs: undefined,
});

/** What a reply's bytes told, up to now. */
export interface TapReading {
  /** A token came: text, thinking or a tool call. */
  readonly hasFirstToken: boolean;
  /** The closing record came, or the one JSON body is whole. */
  readonly isClosed: boolean;
  /** It did not, but the reply told why it ended, and is whole if its server ends it here. */
  readonly mayEndHere?: boolean | undefined;
  /** Text of an error record inside the reply; empty where the dialect tells none; undefined when there was no error. */
  readonly error: string | undefined;
  /** Records that carry output: about one per token in a stream. */
  readonly contentRecords: number;
  readonly usage: ReplyUsage | undefined;
  /** `done_reason` or `finish_reason`. */
  readonly finishReason: string | undefined;
  /** The bytes that close a partial record, to be sent before an error record. Empty at a record's boundary. */
  readonly closing: string;
  /** Number of the next event, in a dialect that numbers them. */
  readonly nextSequence?: number | undefined;
}

/** An observer of one reply. Its memory is bounded, and its work per chunk is little more than a search for line ends. */
export interface Tap {
  /** Looks at the next bytes of the body. The chunk must not be changed afterwards. */
  observe(chunk: Uint8Array): void;
  /** Whether the first token has come. */
  hasFirstToken(): boolean;
  /** What the bytes up to now told; to be called once the reply ended, or at any moment before. */
  end(): TapReading;
}
