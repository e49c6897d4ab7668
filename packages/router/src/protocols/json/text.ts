import { BACKSLASH } from "./ascii.ts";
import { skipValue } from "./skip.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const REPLACEMENT = "\ufffd";

/** The text of the string literal in this range, quotes included in the range: as Go's decoder would hold it. */
export const decodeString = (body: Uint8Array, start: number, end: number): string => {
  const literal = body.subarray(start, end);
  const raw = decodeUtf8(literal);
  if (!literal.includes(BACKSLASH)) return raw.slice(1, -1);
  const text: unknown = JSON.parse(raw);
  return String(text).toWellFormed();
};

/** The string that starts at `at`, decoded. */
export const stringAt = (body: Uint8Array, at: number): string => decodeString(body, at, skipValue(body, at));

/** The number that starts at `at`, as the nearest double; infinite where it is out of range. */
export const numberAt = (body: Uint8Array, at: number): number => Number(literalAt(body, at));

/** The bytes of the scalar that starts at `at`, as text. */
export const literalAt = (body: Uint8Array, at: number): string =>
  decoder.decode(body.subarray(at, skipValue(body, at)));

/**
 * Characters of the string literal in this range, quotes included in the range, without making a string: an escape
 * counts one, a character outside the basic plane counts one, bytes that are no UTF-8 count by their form.
 */
export const countCharacters = (body: Uint8Array, start: number, end: number): number => {
  let count = 0;
  for (let position = start + 1; position < end - 1; position += 1) {
    const byte = body[position] as number;
    if ((byte & 0xc0) === 0x80) continue;
    count += 1;
    if (byte === BACKSLASH) position += body[position + 1] === 0x75 ? 5 : 1;
  }
  return count;
};

/** Each byte that is part of no well-formed character becomes one replacement character, as in Go. */
const decodeUtf8 = (bytes: Uint8Array): string => {
  const text = decoder.decode(bytes);
  return text.includes(REPLACEMENT) ? decodeBytewise(bytes) : text;
};

const decodeBytewise = (bytes: Uint8Array): string => {
  let text = "";
  let at = 0;
  while (at < bytes.length) {
    const width = characterWidth(bytes[at] as number);
    const character = decoder.decode(bytes.subarray(at, at + width));
    const isWhole = [...character].length === 1 && (character !== REPLACEMENT || isReplacement(bytes, at));
    text += isWhole ? character : REPLACEMENT;
    at += isWhole ? width : 1;
  }
  return text;
};

const characterWidth = (byte: number): number => {
  if (byte >= 0xf0) return 4;
  if (byte >= 0xe0) return 3;
  return byte >= 0xc0 ? 2 : 1;
};

/** Whether the bytes spell the replacement character itself. */
const isReplacement = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === 0xef && bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd;
