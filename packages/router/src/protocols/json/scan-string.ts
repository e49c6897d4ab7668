import { BACKSLASH, isDigit, QUOTE, SPACE } from "./ascii.ts";
import { type Scan, stop } from "./scan.ts";

/** Bytes looked at one by one before the word-wise search starts; below it the search costs more than it saves. */
const SHORT_TEXT = 256;
const ESCAPE_LETTERS = new Set([...'"\\/bfnrt'].map((letter) => letter.charCodeAt(0)));
const LETTER_U = 0x75;

/** Takes the string that starts at the scan's position, quotes included. */
export const scanString = (scan: Scan): boolean => {
  scan.at += 1;
  for (;;) {
    scan.at = skipPlain(scan.body, scan.at);
    const byte = scan.body[scan.at];
    if (byte === QUOTE) {
      scan.at += 1;
      return true;
    }
    if (byte !== BACKSLASH) return stop(scan, "in string literal");
    if (!scanEscape(scan)) return false;
  }
};

const scanEscape = (scan: Scan): boolean => {
  scan.at += 1;
  const letter = scan.body[scan.at];
  if (letter === LETTER_U) return scanCodeUnit(scan);
  if (letter === undefined || !ESCAPE_LETTERS.has(letter)) return stop(scan, "in string escape code");
  scan.at += 1;
  return true;
};

const scanCodeUnit = (scan: Scan): boolean => {
  for (let digits = 0; digits < 4; digits += 1) {
    scan.at += 1;
    if (!isHexDigit(scan.body[scan.at])) return stop(scan, "in \\u hexadecimal character escape");
  }
  scan.at += 1;
  return true;
};

const isHexDigit = (byte: number | undefined): boolean => {
  if (byte === undefined || isDigit(byte)) return byte !== undefined;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66;
};

/** Position of the next byte that ends a run of plain text: a quote, a backslash or a control character. */
const skipPlain = (body: Uint8Array, at: number): number => {
  const near = Math.min(body.length, at + SHORT_TEXT);
  const position = skipBytes(body, at, near);
  if (position < near || near === body.length) return position;
  return skipBytes(body, skipWords(body, position), body.length);
};

const skipBytes = (body: Uint8Array, at: number, end: number): number => {
  let position = at;
  while (position < end) {
    const byte = body[position] as number;
    if (byte < SPACE || byte === QUOTE || byte === BACKSLASH) break;
    position += 1;
  }
  return position;
};

/**
 * Skips plain text four bytes at a time and returns a position at or before the end of the run, so that images of
 * megabytes cost little. A byte of `(x - 0x01…) & ~x & 0x80…` is set where a byte of x is zero, and `x - 0x20…` borrows
 * where one is below a blank; a false alarm only hands over to the byte-wise search.
 */
const skipWords = (body: Uint8Array, at: number): number => {
  const start = at + ((4 - ((body.byteOffset + at) & 3)) & 3);
  if (skipBytes(body, at, Math.min(start, body.length)) < start) return at;
  const words = new Int32Array(body.buffer, body.byteOffset + start, (body.length - start) >> 2);
  let index = 0;
  while (index < words.length && isPlainWord(words[index] as number)) index += 1;
  return start + index * 4;
};

const isPlainWord = (word: number): boolean => {
  const quotes = word ^ 0x22222222;
  const backslashes = word ^ 0x5c5c5c5c;
  const stops =
    ((word - 0x20202020) & ~word) | ((quotes - 0x01010101) & ~quotes) | ((backslashes - 0x01010101) & ~backslashes);
  return (stops & 0x80808080) === 0;
};
