import type { RequestId } from "@herd/shared";
import type { ErrorCode } from "../domain/errors.ts";
import type { ReplySink, ReplyTap, ReplyTapReading } from "../domain/reply.ts";
import type { BodyFacts, ClientFacts, Dialect, Edit, RequestKind } from "../domain/request.ts";
import type { SpooledBody } from "../domain/request-body.ts";
import type { WireRoute } from "../domain/wire-route.ts";

/** A body that Ollama would refuse: the answer it would give, byte for byte. */
export interface Refusal {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly code: ErrorCode;
  /** The sentence inside the body. */
  readonly message: string;
}

/** What reading a body gave. */
export type BodyReading =
  | { readonly refusal: undefined; readonly facts: BodyFacts; readonly edits: readonly Edit[] }
  | { readonly refusal: Refusal };

/** An error to tell before the first byte. */
export interface ErrorToTell {
  readonly status: number;
  readonly message: string;
  readonly requestId: RequestId;
}

/** How one route speaks: reads its bodies, watches its replies, tells errors in its dialect. */
export interface RouteVoice {
  readonly dialect: Dialect;
  /** What the route is for; the body may say more. */
  readonly kind: RequestKind;
  /** The route of inference, by which a backend that lacks it is known; undefined for anything else. */
  readonly route: WireRoute | undefined;
  readonly read: (body: Uint8Array) => BodyReading;
  /** Ollama's refusal of other fields; it looks at them before it looks for the model. */
  readonly judge: (body: Uint8Array) => Refusal | undefined;
  readonly createTap: (facts: BodyFacts) => ReplyTap;
  readonly encodeError: (error: ErrorToTell) => { readonly contentType: string; readonly body: string };
  /** What Ollama puts into the head of a stream on this route, even of one that it refuses: name, value … */
  readonly streamHeaders?: readonly string[];
  /** The sentence for a model that nobody has. */
  readonly unknownModel: (model: string) => string;
  /** The record that tells a failure inside a begun reply; undefined where only a cut is honest. */
  readonly failureRecord: (facts: BodyFacts, reading: ReplyTapReading, message: string) => string | undefined;
}

/** One request as the HTTP room hands it over. */
export interface Incoming {
  readonly requestId: RequestId;
  /** Path and query, cleaned. */
  readonly path: string;
  /** Name, value, name, value … as the client sent them. */
  readonly headers: readonly string[];
  /** Empty where the body is an upload. */
  readonly body: Uint8Array;
  /** A body that is not held in memory, already read by its voice. */
  readonly upload?: SpooledBody | undefined;
  readonly client: ClientFacts;
  readonly sink: ReplySink;
  /** Calls back once when the client leaves before the reply has ended. */
  readonly onClientGone: (leave: () => void) => void;
  /** ms on the monotonic clock. */
  readonly arrivedAt: number;
}
