import fc from "fast-check";
import { expect, test } from "vitest";
import { WrittenList, writeAnswer, writeRows } from "./written.ts";

const read = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));

test("what is written in pieces reads as if it had been written whole", () => {
  const rows = fc.array(fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()), { maxLength: 4 });
  fc.assert(
    fc.property(fc.array(rows, { maxLength: 4 }), fc.jsonValue(), (pieces, other) => {
      const whole = { before: other, data: pieces.flat(), after: other };
      const bytes = writeAnswer({ ...whole, data: new WrittenList(pieces.map(writeRows)) });
      expect(read(bytes)).toEqual(JSON.parse(JSON.stringify(whole)));
    }),
  );
});

test("it has a buffer of its own, and leaves out what is undefined", () => {
  const bytes = writeAnswer({ one: undefined, two: 2, three: undefined });
  expect(bytes.buffer.byteLength).toBe(bytes.byteLength);
  expect(read(bytes)).toEqual({ two: 2 });
  expect(read(writeAnswer({}))).toEqual({});
});
