import { BACKSLASH } from "./ascii.ts";
import { decodeString } from "./text.ts";

/** Finds which of the wanted fields a key names, if any; the range includes the quotes. */
export type FieldLookup = (body: Uint8Array, keyStart: number, keyEnd: number) => string | undefined;

/**
 * Matches keys as Go's decoder matches struct fields: letter case does not count, escapes are undone first, and the two
 * letters outside ASCII that fold to ASCII ones (long s, Kelvin sign) count as those. Names are lower-case ASCII.
 */
export const createFieldLookup = (names: readonly string[]): FieldLookup => {
  const byLength = new Map<number, string[]>();
  for (const name of names) byLength.set(name.length, [...(byLength.get(name.length) ?? []), name]);
  const wanted = new Map(names.map((name) => [name, name]));
  return (body, keyStart, keyEnd) => {
    if (!isPlainAscii(body, keyStart, keyEnd)) return wanted.get(foldName(decodeString(body, keyStart, keyEnd)));
    return byLength.get(keyEnd - keyStart - 2)?.find((name) => matches(body, keyStart + 1, name));
  };
};

const isPlainAscii = (body: Uint8Array, start: number, end: number): boolean => {
  for (let position = start; position < end; position += 1) {
    const byte = body[position] as number;
    if (byte === BACKSLASH || byte >= 0x80) return false;
  }
  return true;
};

const matches = (body: Uint8Array, at: number, name: string): boolean => {
  for (let index = 0; index < name.length; index += 1) {
    if (lowerCase(body[at + index] as number) !== name.charCodeAt(index)) return false;
  }
  return true;
};

const lowerCase = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte);

const foldName = (key: string): string =>
  key
    .replaceAll("\u017f", "s")
    .replaceAll("\u212a", "k")
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase());
