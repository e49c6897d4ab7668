import type { Decoded } from "./go-type.ts";

/**
 * Checks standard base64 as Go's `encoding/base64` does when it fills a byte slice: the error names the byte at which
 * decoding stopped. Line breaks are skipped. The value is the decoded length in bytes.
 */
export function checkGoBase64(source: string): Decoded<number> {
  const bytes = Buffer.from(source, "utf8");
  let at = 0;
  let decoded = 0;
  for (;;) {
    const group = readGroup(bytes, at);
    if (group.badByte !== undefined) return { ok: false, error: `illegal base64 data at input byte ${group.badByte}` };
    if (group.digits === 0) return { ok: true, value: decoded };
    decoded += Math.floor((group.digits * 6) / 8);
    at = group.end;
  }
}

interface Group {
  readonly digits: number;
  readonly end: number;
  /** Where it is wrong. */
  readonly badByte?: number;
}

const padding = 0x3d;

/** Reads up to four digits; padding is allowed only at the end of all. */
function readGroup(bytes: Buffer, start: number): Group {
  let end = skipLineBreaks(bytes, start);
  for (let digits = 0; digits < 4; digits++) {
    const byte = bytes[end];
    if (byte === undefined) return digits === 0 ? { digits, end } : { digits, end, badByte: end - digits };
    if (byte === padding) return readPadding(bytes, digits, end + 1);
    if (!isDigit(byte)) return { digits, end, badByte: end };
    end = skipLineBreaks(bytes, end + 1);
  }
  return { digits: 4, end };
}

/** After the first padding sign: a second one if only two digits came before, then nothing more. */
function readPadding(bytes: Buffer, digits: number, start: number): Group {
  if (digits < 2) return { digits, end: start, badByte: start - 1 };
  let end = skipLineBreaks(bytes, start);
  if (digits === 2) {
    if (end === bytes.length) return { digits, end, badByte: end };
    if (bytes[end] !== padding) return { digits, end, badByte: end - 1 };
    end = skipLineBreaks(bytes, end + 1);
  }
  return end < bytes.length ? { digits, end, badByte: end } : { digits, end };
}

function skipLineBreaks(bytes: Buffer, start: number): number {
  let at = start;
  while (isLineBreak(bytes[at])) at++;
  return at;
}

function isLineBreak(byte: number | undefined): boolean {
  return byte === 0x0a || byte === 0x0d;
}

function isDigit(byte: number): boolean {
  return /[A-Za-z0-9+/]/.test(String.fromCharCode(byte));
}
