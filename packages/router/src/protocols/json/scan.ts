import { goQuoteByte } from "./go-quote.ts";

/** What Go's decoder says when the body ends inside a value. */
const UNEXPECTED_END = "unexpected EOF";

/** A scan under way: where it stands, and Go's words for what stopped it. */
export interface Scan {
  readonly body: Uint8Array;
  at: number;
  problem: string | undefined;
}

/** Ends a scan at its position. `expectation` is the tail of Go's sentence, for example `in string literal`. Always false. */
export const stop = (scan: Scan, expectation: string): false => {
  const byte = scan.body[scan.at];
  scan.problem = byte === undefined ? UNEXPECTED_END : `invalid character ${goQuoteByte(byte)} ${expectation}`;
  return false;
};
