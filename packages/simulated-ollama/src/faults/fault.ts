/** Whom a fault meets, and how often. */
export interface FaultScope {
  /** Only requests for this model (any spelling). Default: all. */
  readonly model?: string;
  /** It is gone after it met this many requests (for `load-failure`: loads). Default: until switched off. */
  readonly times?: number;
}

/** Why a load fails; each has the text that Ollama 0.24 answers. */
export type LoadFailure = "runner-died" | "out-of-memory" | "cuda-out-of-memory" | "timed-out";

/** What can be made to go wrong while the server runs. */
export type Fault = FaultScope &
  (
    | {
        /**
         * Without `model` and `times`: the port is closed and every connection is reset. With one of them the port
         * stays open and only the requests that are met are reset.
         */
        readonly kind: "refuse";
      }
    | {
        /** Inference never answers (after `afterRecords` records, if given) while every other route does. */
        readonly kind: "hang";
        readonly afterRecords?: number;
      }
    | {
        /** Nothing is sent for this long, not scaled; then the request takes its normal way. */
        readonly kind: "slow-first-byte";
        readonly milliseconds: number;
      }
    | {
        /** The runner is found dead before the first record: status 500. */
        readonly kind: "http-500";
        /** Default: the recorded text of a killed runner. */
        readonly text?: string;
      }
    | { readonly kind: "load-failure"; readonly failure?: LoadFailure; readonly text?: string }
    | {
        /** The pending queue is full. */
        readonly kind: "busy-503";
      }
    | {
        /** The connection ends before the closing chunk: FIN (as when the server is killed) or RST. */
        readonly kind: "cut-mid-stream";
        readonly afterRecords: number;
        readonly how?: "fin" | "reset";
      }
    | {
        /** The runner dies: an error record in the dialect's own form, then a clean end. */
        readonly kind: "error-record-mid-stream";
        readonly afterRecords: number;
        readonly text?: string;
      }
    | {
        /**
         * The process of the model dies and takes every answer of it along: an error in each dialect's own form. The
         * node lists the model on, and the next request loads it again.
         */
        readonly kind: "runner-dies";
        /** Of the request that is met. Default 0: while the prompt is read. */
        readonly afterRecords?: number;
      }
    | {
        /**
         * The process of the model stops answering: every answer of it falls silent. A later request waits 20 seconds
         * for a sign, then for all clients of the silent answers to leave, and then the model is loaded again; an idle
         * one can be unloaded at once.
         */
        readonly kind: "runner-wedges";
        /** Of the request that is met. Default 0: while the prompt is read. */
        readonly afterRecords?: number;
      }
    | {
        /** A clean end without the last record. */
        readonly kind: "end-without-done";
        /** Default: after all content records. */
        readonly afterRecords?: number;
      }
    | {
        /** An answer with a Content-Length breaks off; streams are not met. */
        readonly kind: "truncate-content-length";
        /** Bytes that still come. Default: half. */
        readonly keepBytes?: number;
      }
    | {
        /** The bytes are right but the chunk borders are not: mid-line, mid-character. */
        readonly kind: "odd-chunks";
        /** Chunk sizes in bytes, repeated in turn. Default 1, 2, 3, 5, 7, 11. */
        readonly sizes?: readonly number[];
      }
  );

/** The kinds, for reading a fault from JSON. */
export const faultKinds: readonly Fault["kind"][] = [
  "refuse",
  "hang",
  "slow-first-byte",
  "http-500",
  "load-failure",
  "busy-503",
  "cut-mid-stream",
  "error-record-mid-stream",
  "runner-dies",
  "runner-wedges",
  "end-without-done",
  "truncate-content-length",
  "odd-chunks",
];

/** Texts of failures as recorded from Ollama 0.24 (the two of the load that were not recorded are from its issues). */
export const faultTexts = {
  runnerStopped:
    "model runner has unexpectedly stopped, this may be due to resource limitations or an internal error, check ollama server logs for details",
  runnerEof: "an error was encountered while running the model: unexpected EOF",
  queueFull: "server busy, please try again.  maximum pending requests exceeded",
  load: {
    "runner-died":
      "model failed to load, this may be due to resource limitations or an internal error, check ollama server logs for details",
    "out-of-memory": "model requires more system memory (5.6 GiB) than is available (3.1 GiB)",
    "cuda-out-of-memory": "llama runner process has terminated: cudaMalloc failed: out of memory",
    "timed-out": "timed out waiting for llama runner to start - progress 0.00 - ",
  } satisfies Record<LoadFailure, string>,
} as const;
