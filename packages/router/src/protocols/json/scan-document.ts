import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  isDigit,
  MINUS,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipBlanks,
} from "./ascii.ts";
import { type Scan, stop } from "./scan.ts";
import { scanNumber, scanWord } from "./scan-scalar.ts";
import { scanString } from "./scan-string.ts";

/** Go's `encoding/json` refuses the container that would be one level deeper. */
export const MAX_DEPTH = 10_000;

/**
 * The first JSON value of a body. `value`: its bytes are well-formed and end before `end`; what follows is ignored, as
 * Go's stream decoder does. `empty`: no byte but blanks. `malformed`: Go's own sentence about it.
 */
export type ScannedDocument =
  | { readonly kind: "value"; readonly start: number; readonly end: number }
  | { readonly kind: "empty" }
  | { readonly kind: "malformed"; readonly problem: string };

/**
 * Walks the first value of a body once and judges its syntax exactly as Go's decoder; bytes that are no UTF-8 are let
 * pass inside strings, as Go does. Linear in the body, without recursion, without making strings.
 */
export const scanDocument = (body: Uint8Array): ScannedDocument => {
  const start = skipBlanks(body, 0);
  if (start === body.length) return { kind: "empty" };
  const scan: Scan = { body, at: start, problem: undefined };
  scanValue(scan);
  if (scan.problem !== undefined) return { kind: "malformed", problem: scan.problem };
  return { kind: "value", start, end: scan.at };
};

/** For each open container whether it is an object. */
type Nesting = boolean[];

const scanValue = (scan: Scan): void => {
  const nesting: Nesting = [];
  let next: "begin" | "end" | "stop" = "begin";
  while (next !== "stop") {
    next = next === "begin" ? beginValue(scan, nesting) : endValue(scan, nesting);
  }
};

/** Takes a scalar, an empty container, or the head of a container up to its first value. */
const beginValue = (scan: Scan, nesting: Nesting): "begin" | "end" | "stop" => {
  scan.at = skipBlanks(scan.body, scan.at);
  const byte = scan.body[scan.at];
  if (byte === OPEN_BRACE || byte === OPEN_BRACKET) return openContainer(scan, nesting, byte === OPEN_BRACE);
  return scanScalar(scan, byte) ? "end" : "stop";
};

const scanScalar = (scan: Scan, byte: number | undefined): boolean => {
  if (byte === QUOTE) return scanString(scan);
  if (isDigit(byte) || byte === MINUS) return scanNumber(scan);
  switch (byte) {
    case 0x74:
      return scanWord(scan, "true");
    case 0x66:
      return scanWord(scan, "false");
    case 0x6e:
      return scanWord(scan, "null");
    default:
      return stop(scan, "looking for beginning of value");
  }
};

const openContainer = (scan: Scan, nesting: Nesting, isObject: boolean): "begin" | "end" | "stop" => {
  if (nesting.length === MAX_DEPTH) return stopAt(scan, "exceeded max depth");
  scan.at = skipBlanks(scan.body, scan.at + 1);
  if (scan.body[scan.at] === (isObject ? CLOSE_BRACE : CLOSE_BRACKET)) {
    scan.at += 1;
    return "end";
  }
  nesting.push(isObject);
  if (!isObject) return "begin";
  return scanKey(scan) ? "begin" : "stop";
};

/** Takes a key and its colon. */
const scanKey = (scan: Scan): boolean => {
  scan.at = skipBlanks(scan.body, scan.at);
  if (scan.body[scan.at] !== QUOTE) return stop(scan, "looking for beginning of object key string");
  if (!scanString(scan)) return false;
  scan.at = skipBlanks(scan.body, scan.at);
  if (scan.body[scan.at] !== COLON) return stop(scan, "after object key");
  scan.at += 1;
  return true;
};

/** Takes what follows a value: the ends of containers, then the comma and the key before the next value. */
const endValue = (scan: Scan, nesting: Nesting): "begin" | "stop" => {
  while (nesting.length > 0) {
    scan.at = skipBlanks(scan.body, scan.at);
    const isObject = nesting.at(-1) === true;
    if (scan.body[scan.at] !== (isObject ? CLOSE_BRACE : CLOSE_BRACKET)) return nextValue(scan, isObject);
    scan.at += 1;
    nesting.pop();
  }
  return "stop";
};

const nextValue = (scan: Scan, isObject: boolean): "begin" | "stop" => {
  if (scan.body[scan.at] !== COMMA) {
    return stopAt(scan, isObject ? "after object key:value pair" : "after array element");
  }
  scan.at += 1;
  return !isObject || scanKey(scan) ? "begin" : "stop";
};

const stopAt = (scan: Scan, expectation: string): "stop" => {
  stop(scan, expectation);
  return "stop";
};
