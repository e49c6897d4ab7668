import type { ModelKey, RequestId, Tokens } from "@herd/shared";
import type { WireRoute } from "./wire-route.ts";

/** The API in which a client speaks; errors are told in it. */
export type Dialect = "ollama" | "openai" | "anthropic";

/** What a request wants of a backend. `load` and `unload` are chats or generations without a prompt. */
export type RequestKind =
  | "chat"
  | "generate"
  | "embed"
  | "transcribe"
  | "image"
  | "load"
  | "unload"
  | "show"
  | "pull"
  | "push"
  | "create"
  | "copy"
  | "delete";

/** What a model must be able to do; the words of Ollama's `/api/show`. */
export type Capability = "completion" | "tools" | "insert" | "vision" | "embedding" | "thinking" | "image" | "audio";

/** A half-open range of byte offsets in the request body. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Replaces the bytes of one range by others; an empty replacement removes them. Ranges of one list never overlap. */
export interface Edit {
  readonly range: ByteRange;
  readonly replacement: string;
  /** What the edit is, for header and trace, for example `model=gemma3:4b`. */
  readonly label: string;
}

/** What reading a body told about it; the body itself stays bytes. Nothing in here depends on the fleet. */
export interface BodyFacts {
  readonly kind: RequestKind;
  /** Model name as the client wrote it. */
  readonly model: string;
  /** Where the model's name stands in the body: a JSON string, quotes included, or the plain text of a form's field. */
  readonly modelRange: ByteRange;
  readonly modelForm: "json" | "text";
  readonly isStream: boolean;
  readonly needed: readonly Capability[];
  /** Characters of all prompt texts. */
  readonly promptCharacters: number;
  readonly imageCount: number;
  /** `options.num_ctx` as a whole number; undefined when the client sent none. */
  readonly numCtx: number | undefined;
  /** Other options that make Ollama load a model anew, in a canonical text; empty when there are none. */
  readonly loadOptions: string;
  /** Upper bound of output tokens that the client set. */
  readonly outputLimit: number | undefined;
  /** `zero` unloads after the answer. */
  readonly keepAlive: "absent" | "zero" | "other";
  readonly tags: readonly string[];
  readonly user: string | undefined;
  /** Models to be tried in this order when the asked one cannot be served (`fallback_models`). */
  readonly fallbackModels: readonly string[];
  /** Parameters that Ollama's form of this route ignores, for `X-Fleet-Ignored`: `n`, `logit_bias` … */
  readonly ignored: readonly string[];
}

/** Where a request came from. */
export interface ClientFacts {
  /** Remote address, IPv4-mapped forms unwrapped. */
  readonly address: string;
  readonly isLoopback: boolean;
}

/** One request as every room after `protocols` sees it. Frozen; `model` may differ from `requestedModel` after an alias. */
export interface RequestFacts extends BodyFacts {
  readonly requestId: RequestId;
  readonly dialect: Dialect;
  /** The route of inference; undefined for anything else. */
  readonly route: WireRoute | undefined;
  /** Path and query as the client called it. */
  readonly path: string;
  /** Canonical name of the model to serve. */
  readonly modelKey: ModelKey;
  /** Model name as the client wrote it. */
  readonly requestedModel: string;
  /** Estimated prompt tokens. */
  readonly promptTokens: Tokens;
  /** The router will send the context a runner was loaded with, where that is enough, instead of the asked one. */
  readonly keepsContext: boolean;
  readonly client: ClientFacts;
  /** Arrival, ms on the monotonic clock. */
  readonly arrivedAt: number;
  /** The one machine that may serve it (`X-Herd-Node` of a caller on the router's machine); absent: any. */
  readonly pinnedNode?: string | undefined;
}
