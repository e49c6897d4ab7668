import { OPEN_BRACE, OPEN_BRACKET, QUOTE } from "./ascii.ts";

export type ValueKind = "object" | "array" | "string" | "number" | "bool" | "null";

const LETTER_N = 0x6e;
const LETTER_T = 0x74;
const LETTER_F = 0x66;

/** What the well-formed value that starts at `at` is; the words are those of Go's errors. */
export const valueKind = (body: Uint8Array, at: number): ValueKind => {
  switch (body[at]) {
    case QUOTE:
      return "string";
    case OPEN_BRACE:
      return "object";
    case OPEN_BRACKET:
      return "array";
    case LETTER_N:
      return "null";
    case LETTER_T:
    case LETTER_F:
      return "bool";
    default:
      return "number";
  }
};

/** Whether the bool that starts at `at` is true. */
export const isTrue = (body: Uint8Array, at: number): boolean => body[at] === LETTER_T;

/** Whether the string that starts at `at` has no character. */
export const isEmptyString = (body: Uint8Array, at: number): boolean => body[at + 1] === QUOTE;
