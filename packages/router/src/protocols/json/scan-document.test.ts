import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_DEPTH, scanDocument } from "./scan-document.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);
const problemOf = (body: Uint8Array): string | undefined => {
  const document = scanDocument(body);
  return document.kind === "malformed" ? document.problem : undefined;
};
const isAcceptedByJsonParse = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
/** Whether the first value is well-formed and nothing but blanks follows, as `JSON.parse` demands. */
const isWhollyAccepted = (text: string): boolean => {
  const body = bytes(text);
  const document = scanDocument(body);
  return document.kind === "value" && /^[ \t\r\n]*$/.test(Buffer.from(body.subarray(document.end)).toString());
};

const wildText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom('"', "\\", "\n", "\u2028", "😀", "é", "\u0000"),
);
const document = fc.oneof(
  fc.json({ maxDepth: 5 }),
  fc.anything({ key: wildText, values: [wildText, fc.double()] }).map((value) => JSON.stringify(value) ?? "null"),
);

describe("the syntax of bodies", () => {
  it.each([
    ["xxx", "invalid character 'x' looking for beginning of value"],
    ['{"a":}', "invalid character '}' looking for beginning of value"],
    ["[1,]", "invalid character ']' looking for beginning of value"],
    ["{,}", "invalid character ',' looking for beginning of object key string"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ["{'a':1}", "invalid character '\\'' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 2}', "invalid character '2' after object key:value pair"],
    ["[1 2]", "invalid character '2' after array element"],
    ['[1"', "invalid character '\"' after array element"],
    ['"\u0001"', "invalid character '\\x01' in string literal"],
    ['"\n"', "invalid character '\\n' in string literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
    ['"\\u12"', "invalid character '\"' in \\u hexadecimal character escape"],
    ["[-]", "invalid character ']' in numeric literal"],
    ["[1.]", "invalid character ']' after decimal point in numeric literal"],
    ["[1e+]", "invalid character ']' in exponent of numeric literal"],
    ["[01]", "invalid character '1' after array element"],
    ["[trux]", "invalid character 'x' in literal true (expecting 'e')"],
    ["[fals]", "invalid character ']' in literal false (expecting 'e')"],
    ["nulx", "invalid character 'x' in literal null (expecting 'l')"],
    ["\ufeff{}", "invalid character 'ï' looking for beginning of value"],
    ["\u00a0", "invalid character 'Â' looking for beginning of value"],
    ["\\", "invalid character '\\\\' looking for beginning of value"],
    ["\u007f", "invalid character '\\x7f' looking for beginning of value"],
    ["{", "unexpected EOF"],
    ['{"a"', "unexpected EOF"],
    ['{"a":"b', "unexpected EOF"],
    ['"\\', "unexpected EOF"],
    ["-", "unexpected EOF"],
    ["1.", "unexpected EOF"],
    ["nul", "unexpected EOF"],
  ])("%j is refused in Go's own words", (body, problem) => {
    expect(problemOf(bytes(body))).toBe(problem);
  });

  it.each([
    [0xa0, "'\\u00a0'"],
    [0xad, "'\\u00ad'"],
    [0xc3, "'Ã'"],
    [0x85, "'\\u0085'"],
    [0x1f, "'\\x1f'"],
    [0x07, "'\\a'"],
  ])("names the single byte %i as Go does", (byte, quoted) => {
    expect(problemOf(Uint8Array.of(byte))).toBe(`invalid character ${quoted} looking for beginning of value`);
  });

  it("calls a body of blanks empty", () => {
    expect(scanDocument(bytes(" \t\r\n"))).toEqual({ kind: "empty" });
    expect(scanDocument(bytes(""))).toEqual({ kind: "empty" });
  });

  it("ends the value where it ends and ignores what follows", () => {
    expect(scanDocument(bytes(' {"a":1}}}xx'))).toEqual({ kind: "value", start: 1, end: 8 });
    expect(scanDocument(bytes("01"))).toEqual({ kind: "value", start: 0, end: 1 });
    expect(scanDocument(bytes("nullx"))).toEqual({ kind: "value", start: 0, end: 4 });
  });

  it("lets bytes pass in strings that are no UTF-8", () => {
    expect(scanDocument(Uint8Array.of(0x22, 0x80, 0xff, 0xc3, 0x22))).toEqual({ kind: "value", start: 0, end: 5 });
  });

  it("takes what JSON.parse takes and refuses what it refuses", () => {
    fc.assert(
      fc.property(document, (text) => {
        expect(isWhollyAccepted(text)).toBe(isAcceptedByJsonParse(text));
      }),
      { numRuns: 500 },
    );
  });

  it("agrees with JSON.parse about documents with single characters changed", () => {
    const change = fc.tuple(
      fc.nat(),
      fc.constantFrom("", '"', "\\", "{", "}", "[", "]", ",", ":", " ", "1", "-", ".", "e", "t", "\u0000", "é"),
      fc.boolean(),
    );
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), fc.array(change, { minLength: 1, maxLength: 3 }), (text, changes) => {
        let changed = text;
        for (const [place, inserted, isReplacing] of changes) {
          const at = place % (changed.length + 1);
          changed = changed.slice(0, at) + inserted + changed.slice(isReplacing ? at + 1 : at);
        }
        // A half of a pair becomes a replacement character in bytes; JSON.parse is asked about the same text.
        const wellFormed = changed.toWellFormed();
        expect(isWhollyAccepted(wellFormed)).toBe(isAcceptedByJsonParse(wellFormed));
      }),
      { numRuns: 3000 },
    );
  });

  it("takes the nesting that Go takes, and no level more", () => {
    const nested = (depth: number): Uint8Array => bytes("[".repeat(depth) + "]".repeat(depth));
    expect(scanDocument(nested(MAX_DEPTH)).kind).toBe("value");
    expect(problemOf(nested(MAX_DEPTH + 1))).toBe("invalid character '[' exceeded max depth");
    expect(problemOf(bytes('{"a":'.repeat(2_000_000)))).toBe("invalid character '{' exceeded max depth");
  });

  it("finds what ends a text, wherever it stands and wherever the bytes lie in memory", () => {
    const place = fc.integer({ min: 0, max: 700 });
    fc.assert(
      fc.property(place, fc.nat(7), fc.oneof(fc.nat(255), fc.nat(0x23), fc.constant(0x5c)), (length, offset, byte) => {
        const memory = Buffer.concat([
          Buffer.alloc(offset),
          bytes(`"${"a".repeat(length)}`),
          Buffer.of(byte),
          bytes(`n${"a".repeat(5)}"`),
        ]);
        const body = memory.subarray(offset);
        const scanned = scanDocument(body);
        if (byte < 0x20) expect(scanned).toMatchObject({ problem: expect.stringMatching(/ in string literal$/) });
        else expect(scanned).toEqual({ kind: "value", start: 0, end: byte === 0x22 ? length + 2 : body.length });
      }),
      { numRuns: 2000 },
    );
  });

  it("gets through ten megabytes of one text, of many members and of open brackets", () => {
    const size = 10 << 20;
    const image = bytes(`{"images":["${"A".repeat(size)}"]}`);
    expect(scanDocument(image)).toEqual({ kind: "value", start: 0, end: image.length });
    const escapes = bytes(`"${"\\n".repeat(size / 2)}"`);
    expect(scanDocument(escapes)).toEqual({ kind: "value", start: 0, end: escapes.length });
    const members = bytes(`{${'"k":[0],'.repeat(size / 8)}"k":0}`);
    expect(scanDocument(members)).toEqual({ kind: "value", start: 0, end: members.length });
  });
});
