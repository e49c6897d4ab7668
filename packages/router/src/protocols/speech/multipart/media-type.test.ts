import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readMediaType } from "./media-type.ts";

const read = (header: string) => {
  const media = readMediaType(header);
  return media === undefined ? undefined : [media.type, Object.fromEntries(media.parameters)];
};

describe("a media type", () => {
  // What a real Ollama 0.24 makes of these headers.
  test.each([
    ["multipart/form-data; boundary=X", "multipart/form-data", { boundary: "X" }],
    ["Multipart/Form-Data; BOUNDARY=X", "multipart/form-data", { boundary: "X" }],
    ['multipart/form-data;boundary="a b"', "multipart/form-data", { boundary: "a b" }],
    ['multipart/form-data; boundary=""', "multipart/form-data", { boundary: "" }],
    ["multipart/form-data; boundary=X;", "multipart/form-data", { boundary: "X" }],
    ["multipart/form-data; boundary=X; boundary=X", "multipart/form-data", { boundary: "X" }],
    ["multipart/form-data", "multipart/form-data", {}],
    ['form-data; name="a\\"b\\\\c\\d"', "form-data", { name: 'a"b\\c\\d' }],
    ["form-data; name*=utf-8''mod%65l", "form-data", { name: "model", "name*": "utf-8''mod%65l" }],
    ["form-data; name*=latin9''x", "form-data", { "name*": "latin9''x" }],
    ["form-data; name*=utf-8''%zz", "form-data", { "name*": "utf-8''%zz" }],
  ])("%s is read", (header, type, parameters) => {
    expect(read(header)).toEqual([type, parameters]);
  });

  test.each([
    "",
    "garbage here",
    "/x",
    "a/",
    "multipart/form-data; boundary",
    "multipart/form-data;;; boundary=X",
    "multipart/form-data; boundary=X; boundary=Y",
    "multipart/form-data; boundary=X; foo",
    "multipart/form-data; boundary=a b",
    'form-data; name="a',
    'form-data; name="a\nb"',
  ])("%j is none", (header) => {
    expect(read(header)).toBeUndefined();
  });

  test("comes back with any value that was quoted", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }).filter((text) => !/[\r\n]/.test(text)),
        (value) => {
          const quoted = value.replace(/[()<>@,;:\\"/[\]?=]/g, "\\$&");
          expect(readMediaType(`form-data; name="${quoted}"`)?.parameters.get("name")).toBe(value);
        },
      ),
    );
  });

  test("of any text is read or not, and a long hostile one at once", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."a/;=\"\\ *'%") }), (text) => void readMediaType(`a/b${text}`)),
    );
    const hostile = [`a/b; x="${"\\\\".repeat(300_000)}`, `a/b${";a=b".repeat(200_000)}`, `a/b${"; ".repeat(300_000)}`];
    for (const header of hostile) readMediaType(header);
  });
});
