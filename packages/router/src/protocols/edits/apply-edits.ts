import type { Edit } from "../../domain/request.ts";

const encoder = new TextEncoder();

/**
 * The body with every edit applied, all other bytes as they were; without edits the very same object. Edits may come in
 * any order; those at one position keep theirs. Throws a RangeError when ranges overlap or leave the body.
 */
export const applyEdits = (body: Uint8Array, edits: readonly Edit[]): Uint8Array => {
  if (edits.length === 0) return body;
  const ordered = edits.toSorted(byPosition);
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const { range, replacement, label } of ordered) {
    if (range.start < at || range.end < range.start || range.end > body.length) {
      throw new RangeError(
        `the edit ${label} covers bytes ${range.start} to ${range.end}, which overlap or leave the body`,
      );
    }
    pieces.push(body.subarray(at, range.start), encoder.encode(replacement));
    at = range.end;
  }
  pieces.push(body.subarray(at));
  return concatenate(pieces);
};

const byPosition = (one: Edit, other: Edit): number =>
  one.range.start - other.range.start || one.range.end - other.range.end;

const concatenate = (pieces: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
};
