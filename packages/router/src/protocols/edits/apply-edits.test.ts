import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Edit } from "../../domain/request.ts";
import { applyEdits } from "./apply-edits.ts";

const edit = (start: number, end: number, replacement: string): Edit => ({
  range: { start, end },
  replacement,
  label: "x",
});

describe("applying edits", () => {
  it("returns the very same body when there is none", () => {
    const body = Buffer.from("{}");
    expect(applyEdits(body, [])).toBe(body);
  });

  it("leaves every byte outside the ranges as it was, whatever the order of the edits", () => {
    const cuts = fc.uniqueArray(fc.nat(60), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 60, maxLength: 60 }), cuts, fc.boolean(), (body, points, isReversed) => {
        const sorted = points.toSorted((one, other) => one - other);
        const edits: Edit[] = [];
        const expected: Uint8Array[] = [];
        let at = 0;
        for (let index = 0; index + 1 < sorted.length; index += 2) {
          const [start = 0, end = 0] = sorted.slice(index, index + 2);
          edits.push(edit(start, end, `<é${index}>`));
          expected.push(body.subarray(at, start), Buffer.from(`<é${index}>`));
          at = end;
        }
        expected.push(body.subarray(at));
        const applied = applyEdits(body, isReversed ? edits.toReversed() : edits);
        expect(Buffer.compare(applied, Buffer.concat(expected))).toBe(0);
      }),
    );
  });

  it("puts insertions at one place in their order, before a removal that starts there", () => {
    expect(
      Buffer.from(applyEdits(Buffer.from("abc"), [edit(1, 2, ""), edit(1, 1, "x"), edit(1, 1, "y")])).toString(),
    ).toBe("axyc");
  });

  it("throws on ranges that overlap or leave the body", () => {
    const body = Buffer.from("abcdef");
    expect(() => applyEdits(body, [edit(0, 3, ""), edit(2, 4, "")])).toThrow(RangeError);
    expect(() => applyEdits(body, [edit(4, 7, "")])).toThrow(RangeError);
    expect(() => applyEdits(body, [edit(3, 2, "")])).toThrow(RangeError);
  });
});
