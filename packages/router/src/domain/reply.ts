/** The client's side of a relay. Nothing leaves before `begin`; head and first bytes leave together. */
export interface ReplySink {
  /** Fixes status and headers (name, value, name, value …). */
  begin(head: { readonly status: number; readonly headers: readonly string[] }): void;
  /** false when the client is slower: stop until `onDrain`. */
  write(chunk: Uint8Array): boolean;
  onDrain(resume: () => void): void;
  /** Ends the message cleanly. */
  end(): void;
  /** Cuts the connection, so that a half message cannot be taken for a whole one. */
  destroy(): void;
}

/** Watches a reply pass by; keeps a bounded tail, never holds anything back. */
export interface ReplyTap {
  observe(chunk: Uint8Array): void;
  end(): ReplyTapReading;
}

/** What a tap saw. */
export interface ReplyTapReading {
  /** The record that closes a whole answer came. */
  readonly isComplete: boolean;
  /** That record did not come, but the node told why the answer ended: it is whole if the node itself ends it here. */
  readonly mayEndHere?: boolean | undefined;
  /** The node told an error inside the stream. */
  readonly errorText: string | undefined;
  /** The client can see that error; false where the node's form of it looks like a normal record. */
  readonly isErrorVisible: boolean;
  readonly promptTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly loadMs: number | undefined;
  readonly prefillMs: number | undefined;
  readonly decodeMs: number | undefined;
  readonly finishReason: string | undefined;
  readonly contentRecords: number;
  /** Line ends that close a partial record; empty at a record boundary. */
  readonly closePartialRecord: string;
  /** Number of the next event, in a dialect that numbers them. */
  readonly nextSequence?: number | undefined;
}

/** A reply that told nothing, and has not ended. */
export const NOTHING_TOLD: ReplyTapReading = {
  isComplete: false,
  errorText: undefined,
  isErrorVisible: false,
  promptTokens: undefined,
  outputTokens: undefined,
  loadMs: undefined,
  prefillMs: undefined,
  decodeMs: undefined,
  finishReason: undefined,
  contentRecords: 0,
  closePartialRecord: "",
};
