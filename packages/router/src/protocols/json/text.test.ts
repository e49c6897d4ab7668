import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countCharacters, decodeString, numberAt } from "./text.ts";

const decoded = (...parts: readonly (string | number)[]): string => {
  const body = Buffer.concat(
    ['"', ...parts, '"'].map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from([part]))),
  );
  return decodeString(body, 0, body.length);
};

describe("the text of a string literal", () => {
  it("is what JSON.parse makes of it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const body = Buffer.from(JSON.stringify(text));
        expect(decodeString(body, 0, body.length)).toBe(text);
      }),
    );
  });

  it("has one replacement character for each byte that is no UTF-8, as in Go", () => {
    expect(decoded("a", 0x80, 0xff, "b")).toBe("a\ufffd\ufffdb");
    expect(decoded(0xe2, 0x82, "x")).toBe("\ufffd\ufffdx");
    expect(decoded(0xf0, 0x9f, 0x98, 0x80, 0xc3)).toBe("😀\ufffd");
    expect(decoded("\ufffd", 0x80)).toBe("\ufffd\ufffd");
    expect(decoded(0xed, 0xa0, 0x80)).toBe("\ufffd\ufffd\ufffd");
  });

  it("has a replacement character for each half of a pair alone", () => {
    expect(decoded("\\ud83dx")).toBe("\ufffdx");
    expect(decoded("\\ud83d\\ud83d\\ude00")).toBe("\ufffd😀");
  });

  it("keeps a byte order mark inside", () => {
    expect(decoded("\ufeffa")).toBe("\ufeffa");
  });
});

describe("the count of characters", () => {
  const count = (json: string): number => countCharacters(Buffer.from(json), 0, Buffer.byteLength(json));

  it.each([
    ['""', 0],
    ['"abc"', 3],
    ['"é漢😀"', 3],
    ['"a\\nb"', 3],
    ['"\\u00e9\\\\\\""', 3],
  ])("of %s is %i", (json, characters) => {
    expect(count(json)).toBe(characters);
  });

  it("equals the number of code points where nothing is escaped", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }).map((text) => text.replace(/["\\\p{C}]/gu, "")),
        (text) => {
          expect(count(`"${text}"`)).toBe([...text].length);
        },
      ),
    );
  });
});

describe("numbers", () => {
  it("are the nearest double, or infinite", () => {
    expect(numberAt(Buffer.from("[-1.5e3]"), 1)).toBe(-1500);
    expect(numberAt(Buffer.from("1e999"), 0)).toBe(Number.POSITIVE_INFINITY);
  });
});
