/** Header names and values in wire order and case. */
export type Pairs = readonly (readonly [string, string])[];

/** A request in wire terms. */
export interface WireRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly path: string;
  /** Everything but what frames the body. A missing Host is filled in; `["Host", ""]` leaves it out. */
  readonly headers: Pairs;
  readonly body?: Buffer;
  /** How the body is framed. Default: by its length. */
  readonly framing?: "length" | "chunked";
  /** Default HTTP/1.1. */
  readonly httpVersion?: string;
}

/** An answer in wire terms. */
export interface WireAnswer {
  /** `undefined`: the connection ended before a head. */
  readonly status: number | undefined;
  readonly headers: Pairs;
  /** One entry per HTTP chunk; one for a body with a length or with no framing. */
  readonly chunks: readonly Buffer[];
  readonly framing: "length" | "chunked" | "none";
  /** Whether a `100 Continue` came before it. */
  readonly isContinued: boolean;
  /** `cut`: the connection ended before the message did; `timeout`: this client gave up. */
  readonly endedBy: "complete" | "cut" | "timeout";
}

/** The whole body. */
export const bodyOf = ({ chunks }: WireAnswer): Buffer => Buffer.concat(chunks);

/** A header's value, by its name in small letters. */
export const headerOf = (headers: Pairs, name: string): string | undefined =>
  headers.find(([key]) => key.toLowerCase() === name)?.[1];
