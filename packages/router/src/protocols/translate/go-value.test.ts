import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { argumentsObject, escapeMarkup, goJson, goList, goObject, parsedJson } from "./go-value.ts";
import type { Json } from "./neutral.ts";

const nested = (depth: number): Json => JSON.parse(`${'{"a":['.repeat(depth)}1${"]}".repeat(depth)}`) as Json;

describe("values in Go's bytes", () => {
  it("read back as what they were", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(goJson(value as Json))).toEqual(JSON.parse(JSON.stringify(value).toWellFormed()));
      }),
    );
  });

  it("escape what Go escapes, in names as well", () => {
    expect(goJson({ "<a>": ["&", "\u2028", -0, 1e21, 1e-7, true, null, {}] })).toBe(
      '{"\\u003ca\\u003e":["\\u0026","\\u2028",-0,1e+21,1e-7,true,null,{}]}',
    );
  });

  it("may be nested 100,000 deep", () => {
    const text = goJson(nested(50_000));
    expect(text.length).toBe(50_000 * 8 + 1);
    expect(goJson(nested(50_000), "sorted")).toBe(text);
  });

  it("have their members in alphabetical order at every depth where that is asked", () => {
    expect(goJson({ b: { d: 1, c: [{ f: 1, e: 2 }] }, a: 0 }, "sorted")).toBe(
      '{"a":0,"b":{"c":[{"e":2,"f":1}],"d":1}}',
    );
  });

  it("write a number beyond JSON as null", () => {
    expect(goJson([Number.POSITIVE_INFINITY, Number.NaN])).toBe("[null,null]");
  });

  it("keep a member named __proto__", () => {
    expect(goJson(JSON.parse('{"__proto__":{"a":1}}') as Json)).toBe('{"__proto__":{"a":1}}');
  });
});

describe("records", () => {
  it("leave out what is undefined", () => {
    expect(goObject({ a: undefined, b: "1", c: undefined, d: goList(["2", "3"]) })).toBe('{"b":1,"d":[2,3]}');
  });
});

describe("the text of arguments", () => {
  it.each([
    ["", "{}"],
    [" ", "{}"],
    ['{ "a" : "<" }', '{"a":"\\u003c"}'],
    ["{", undefined],
    ["[]", undefined],
    ["null", undefined],
    ['"{}"', undefined],
  ])("%j is the object %j", (text, object) => {
    expect(argumentsObject(text)).toBe(object);
  });

  it("means the same after Go's escapes, wherever it is cut", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), fc.nat(), (value, at) => {
        const text = JSON.stringify(value);
        const place = at % (text.length + 1);
        const escaped = escapeMarkup(text.slice(0, place)) + escapeMarkup(text.slice(place));
        expect(escaped).not.toMatch(/[<>&]/);
        expect(parsedJson(escaped)).toEqual(value);
      }),
    );
  });
});
