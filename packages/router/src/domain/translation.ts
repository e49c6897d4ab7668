import type { ReplyTap } from "./reply.ts";
import type { WireRoute } from "./wire-route.ts";

/** Turns one reply of a backend into the form of the client's dialect. Emits whole records only. */
export interface ReplyTranslator {
  /** Content type of the translated reply. */
  readonly contentType: string;
  /** The client's bytes for the backend's next bytes; empty while there are none yet. */
  readonly translate: (chunk: Uint8Array) => Uint8Array;
  /** The number of the next record, where records are numbered. */
  readonly nextSequence?: (() => number | undefined) | undefined;
  /** What is left at the backend's clean end; undefined when the reply cannot be understood. */
  readonly end: () => Uint8Array | undefined;
}

/** A request in the words of a backend that lacks the client's dialect. */
export interface TranslatedRequest {
  readonly kind: "translated";
  /** The route on the backend, which is the path of the call. */
  readonly route: WireRoute;
  /** A whole JSON body. */
  readonly body: Uint8Array;
  readonly createReply: () => ReplyTranslator;
  /** Watches the backend's own bytes, for usage and completeness. */
  readonly createTap: () => ReplyTap;
  /** Parameters that the backend cannot obey and that do no harm when left out, such as `keep_alive`. */
  readonly ignored?: readonly string[];
}

/** It asks for something that the other dialect cannot say. */
export interface Untranslatable {
  readonly kind: "untranslatable";
  /** Names the field and why, for example `logit_bias has no counterpart in Ollama's API`. */
  readonly why: string;
}

export type Translation = TranslatedRequest | Untranslatable;

/** What is translated. The body is in the dialect of `from`, has been read, and is valid JSON. */
export interface TranslationTask {
  readonly from: WireRoute;
  readonly to: WireRoute;
  readonly body: Uint8Array;
  /** The model's name as the backend lists it. */
  readonly model: string;
  /** The model's name as the client wrote it; replies carry it. */
  readonly requestedModel: string;
  readonly isStream: boolean;
}
