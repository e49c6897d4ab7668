/** An answer that is known as a whole. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: RawHeaders;
  /** Empty = no body. */
  readonly body: string;
  /** Chunked although it is short: what Go does once a streaming handler has flushed. */
  readonly isFlushed?: boolean;
}

/** Header names and values in wire order. */
export type RawHeaders = readonly (readonly [string, string])[];

/** JSON as the native routes send it. */
export function jsonAnswer(status: number, body: string): WholeAnswer {
  return { status, headers: [["Content-Type", "application/json; charset=utf-8"]], body };
}

/** Plain text as the framework sends it for unknown paths and methods. */
export function textAnswer(status: number, body: string, headers: RawHeaders = []): WholeAnswer {
  return { status, headers: [...headers, ["Content-Type", "text/plain"]], body };
}
