import type { RequestId } from "@herd/shared";
import type { Outcome } from "../domain/outcome.ts";
import type { ClientFacts, Dialect, RequestKind } from "../domain/request.ts";
import type { Journey } from "./journey.ts";

/** One request at its end, for trace, metrics and log. */
export interface EndedRequest {
  readonly requestId: RequestId;
  readonly dialect: Dialect;
  /** What the route is for; the body may say more. */
  readonly kind: RequestKind;
  readonly path: string;
  /** So that no record quotes it; empty where it was an upload. */
  readonly body: Uint8Array;
  readonly client: ClientFacts;
  /** Name, value, name, value … as the client sent them. */
  readonly headers?: readonly string[] | undefined;
  readonly outcome: Outcome;
  /** HTTP status the client got; undefined when it left before any. */
  readonly status: number | undefined;
  /** ms on the monotonic clock. */
  readonly arrivedAt: number;
  readonly endedAt: number;
  /** undefined when the body could not be read. */
  readonly journey: Journey | undefined;
}
