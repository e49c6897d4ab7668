import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { goJsonString } from "./go-json.ts";

describe("texts as Go writes them", () => {
  it("escape what Go escapes and nothing else", () => {
    expect(goJsonString('<a href="x">&\\\b\f\n\r\t\u0000\u001f\u007f\u2028\u2029é😀/')).toBe(
      '"\\u003ca href=\\"x\\"\\u003e\\u0026\\\\\\b\\f\\n\\r\\t\\u0000\\u001f\u007f\\u2028\\u2029é😀/"',
    );
  });

  it("read back as the same text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(JSON.parse(goJsonString(text))).toBe(text);
      }),
    );
  });
});
