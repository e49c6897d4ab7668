import type { ByteRange, Edit } from "../../domain/request.ts";

/** A part of an edited body: bytes of the original, or new ones. */
export type Piece = ByteRange | Uint8Array;

/**
 * Cuts a body of this length into what stays and what edits put in its place, in order. Edits may come in any order; those at
 * one position keep theirs. Throws a RangeError when ranges overlap or leave the body.
 */
export function editedPieces(length: number, edits: readonly Edit[]): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const { range, replacement, label } of edits.toSorted(byPosition)) {
    if (range.start < at || range.end < range.start || range.end > length) {
      throw new RangeError(
        `the edit ${label} covers bytes ${range.start} to ${range.end}, which overlap or leave the body`,
      );
    }
    pieces.push({ start: at, end: range.start }, Buffer.from(replacement));
    at = range.end;
  }
  pieces.push({ start: at, end: length });
  return pieces.filter((piece) => lengthOf(piece) > 0);
}

/** Bytes of a piece. */
export function lengthOf(piece: Piece): number {
  return piece instanceof Uint8Array ? piece.length : piece.end - piece.start;
}

const byPosition = ({ range: one }: Edit, { range: other }: Edit): number =>
  one.start - other.start || one.end - other.end;
