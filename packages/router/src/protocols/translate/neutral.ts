/** A JSON value as it was parsed. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** One piece of a message. */
export type NeutralPart =
  | { readonly kind: "text"; readonly text: string }
  /** `base64` without a `data:` prefix; the media type such as `image/png`, `image/*` when nobody told. */
  | { readonly kind: "image"; readonly mediaType: string; readonly base64: string }
  /** `format` such as `wav`. */
  | { readonly kind: "audio"; readonly format: string; readonly base64: string };

/** A call of a tool, made by the model. */
export interface NeutralToolCall {
  /** Empty when the dialect gave none. */
  readonly id: string;
  readonly name: string;
  /** The arguments as JSON text of an object; empty text means no arguments. */
  readonly argumentsText: string;
}

export interface NeutralMessage {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly parts: readonly NeutralPart[];
  /** What an assistant thought before it spoke. */
  readonly thinking?: string | undefined;
  readonly toolCalls: readonly NeutralToolCall[];
  /** Which call a tool's message answers. */
  readonly toolCallId?: string | undefined;
  readonly toolName?: string | undefined;
}

export interface NeutralTool {
  readonly name: string;
  readonly description?: string | undefined;
  /** JSON Schema of the arguments. */
  readonly parameters?: Json | undefined;
  readonly strict?: boolean | undefined;
}

export type ThinkingWish = boolean | "minimal" | "low" | "medium" | "high" | "max";

/** How the next tokens are chosen. Absent members are left to the backend. */
export interface NeutralSampling {
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly topK?: number | undefined;
  readonly minP?: number | undefined;
  readonly typicalP?: number | undefined;
  readonly seed?: number | undefined;
  readonly stop?: readonly string[] | undefined;
  /** Upper bound of output tokens; absent = none. */
  readonly maxTokens?: number | undefined;
  readonly frequencyPenalty?: number | undefined;
  readonly presencePenalty?: number | undefined;
  readonly repeatPenalty?: number | undefined;
  readonly repeatLastN?: number | undefined;
  /** By token id. */
  readonly logitBias?: JsonObject | undefined;
}

/** A conversation or a plain completion, whatever API it was asked in. */
export interface NeutralRequest {
  readonly isStream: boolean;
  /** A stream is to end with a usage record (OpenAI's `stream_options.include_usage`); other dialects always tell usage. */
  readonly wantsUsage: boolean;
  /** Empty for a plain completion. */
  readonly messages: readonly NeutralMessage[];
  /** A text to continue without any template; undefined for conversations. */
  readonly prompt?: string | undefined;
  /** Text after the gap that a plain completion fills. */
  readonly suffix?: string | undefined;
  readonly tools: readonly NeutralTool[];
  readonly toolChoice?: "auto" | "none" | "required" | { readonly name: string } | undefined;
  readonly parallelToolCalls?: boolean | undefined;
  /** Number of alternative answers; above 1 only where the backend can. */
  readonly choices?: number | undefined;
  readonly format?:
    | { readonly kind: "json" }
    | { readonly kind: "schema"; readonly name: string; readonly schema: Json; readonly strict?: boolean | undefined }
    | undefined;
  readonly thinking?: ThinkingWish | undefined;
  /** Log probabilities of the chosen tokens and of so many others. */
  readonly logprobs?: { readonly top: number } | undefined;
  readonly sampling: NeutralSampling;
  /** Ollama's own words that no other dialect has, kept for a backend that has them: `keep_alive`, `truncate`, further `options` … */
  readonly native?: {
    readonly options: JsonObject;
    readonly keepAlive?: Json | undefined;
    readonly isRaw?: boolean | undefined;
    readonly template?: string | undefined;
    readonly members: JsonObject;
  };
}

/** The chosen token and others with their log probabilities, as OpenAI lists them: `{token, logprob, bytes, top_logprobs}`. */
export type NeutralLogprob = JsonObject;

export interface NeutralUsage {
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** Prompt tokens taken from a cache; undefined when not told. */
  readonly cachedTokens?: number | undefined;
  /** Tokens of thinking among the output; undefined when not told. */
  readonly thinkingTokens?: number | undefined;
  /** Durations as Ollama tells them, ns; undefined when not told. */
  readonly totalNs?: number | undefined;
  readonly loadNs?: number | undefined;
  readonly promptNs?: number | undefined;
  readonly outputNs?: number | undefined;
}

export type FinishReason = "stop" | "length" | "tool-calls" | "content-filter" | "load" | "unload";

/** What a reply is made of, in the order in which it comes. A whole reply is the same events at once. */
export type NeutralEvent =
  | {
      readonly kind: "text";
      readonly choice: number;
      readonly text: string;
      readonly logprobs?: readonly NeutralLogprob[] | undefined;
    }
  | {
      readonly kind: "thinking";
      readonly choice: number;
      readonly text: string;
      readonly logprobs?: readonly NeutralLogprob[] | undefined;
    }
  /** A tool call begins; its arguments follow. */
  | {
      readonly kind: "tool-call";
      readonly choice: number;
      readonly index: number;
      readonly id: string;
      readonly name: string;
    }
  /** The next piece of the JSON text of a tool call's arguments. */
  | { readonly kind: "tool-arguments"; readonly choice: number; readonly index: number; readonly text: string }
  | {
      readonly kind: "finish";
      readonly choice: number;
      readonly reason: FinishReason;
      readonly stopSequence?: string | undefined;
    }
  /** Once, after every finish; absent when the backend told none. */
  | { readonly kind: "usage"; readonly usage: NeutralUsage }
  /** The backend's closing record came: the reply is whole. */
  | { readonly kind: "end" };

/** Reads a client's body into its meaning. */
export type DecodeRequest = (body: JsonObject) => NeutralRequest | { readonly untranslatable: string };

/** A meaning in the words of a backend's route. */
export interface EncodedRequest {
  /** The body's members without `model`. */
  readonly body: JsonObject;
  /** What the backend cannot obey and does no harm when left out, by the names that the client knows. */
  readonly ignored: readonly string[];
}

/** Writes a meaning in the words of a backend's route. */
export type EncodeRequest = (request: NeutralRequest) => EncodedRequest | { readonly untranslatable: string };

/** Reads a backend's reply: bytes in, events out, whatever the chunking. */
export interface ReplyDecoder {
  readonly decode: (chunk: Uint8Array) => readonly NeutralEvent[];
  /** What the end of the body tells; undefined when the reply was no valid one. */
  readonly end: () => readonly NeutralEvent[] | undefined;
}

/** Writes a reply in a client's dialect: events in, text of whole records out. */
export interface ReplyEncoder {
  readonly contentType: string;
  readonly encode: (events: readonly NeutralEvent[]) => string;
  /** The number of the next record, where records are numbered. */
  readonly nextSequence?: () => number;
  /** What closes the reply, the whole of it where it is no stream; empty where the reply did not come whole. */
  readonly end: () => string;
  /** Why the events cannot be said in this dialect; from then on nothing more is written. Undefined while they can. */
  readonly fault?: () => string | undefined;
}

/** What a reply in a client's dialect says about itself. */
export interface ReplyHeading {
  /** The model's name as the client wrote it. */
  readonly model: string;
  /** Unix epoch ms. */
  readonly now: () => number;
  /** Random text for ids, 8 or more lower-case letters and digits. */
  readonly newId: () => string;
  /** What was asked, for replies that repeat parts of it. */
  readonly request: NeutralRequest;
  /** The client's body as it was parsed. */
  readonly body: JsonObject;
}
