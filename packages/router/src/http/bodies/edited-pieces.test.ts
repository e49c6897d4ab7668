import fc from "fast-check";
import { expect, test } from "vitest";
import type { Edit } from "../../domain/request.ts";
import { editedPieces, lengthOf } from "./edited-pieces.ts";

const edit = (start: number, end: number, replacement: string): Edit => ({
  range: { start, end },
  replacement,
  label: "x",
});
const applied = (text: string, edits: readonly Edit[]): string =>
  editedPieces(text.length, edits)
    .map((piece) => (piece instanceof Uint8Array ? Buffer.from(piece).toString() : text.slice(piece.start, piece.end)))
    .join("");

test("without edits the body is one piece, and an empty one none", () => {
  expect(editedPieces(5, [])).toEqual([{ start: 0, end: 5 }]);
  expect(editedPieces(0, [])).toEqual([]);
});

test("what no edit covers stays, in any order of the edits, and the lengths add up", () => {
  const cuts = fc.uniqueArray(fc.nat(40), { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(fc.string({ minLength: 40, maxLength: 40, unit: "grapheme-ascii" }), cuts, (text, points) => {
      const sorted = points.toSorted((one, other) => one - other);
      const edits: Edit[] = [];
      let expected = "";
      let at = 0;
      for (let index = 0; index + 1 < sorted.length; index += 2) {
        const [start = 0, end = 0] = sorted.slice(index, index + 2);
        edits.unshift(edit(start, end, `<${index}>`));
        expected += `${text.slice(at, start)}<${index}>`;
        at = end;
      }
      expected += text.slice(at);
      expect(applied(text, edits)).toBe(expected);
      const length = editedPieces(text.length, edits).reduce((sum, piece) => sum + lengthOf(piece), 0);
      expect(length).toBe(expected.length);
    }),
  );
});

test("insertions at one place keep their order, and a removal may empty the body", () => {
  expect(applied("abc", [edit(1, 2, ""), edit(1, 1, "x"), edit(1, 1, "y")])).toBe("axyc");
  expect(editedPieces(3, [edit(0, 3, "")])).toEqual([]);
});

test("edits that overlap or leave the body are an error", () => {
  expect(() => editedPieces(6, [edit(0, 3, ""), edit(2, 4, "")])).toThrow(RangeError);
  expect(() => editedPieces(6, [edit(4, 7, "")])).toThrow(RangeError);
  expect(() => editedPieces(6, [edit(3, 2, "")])).toThrow(RangeError);
});
