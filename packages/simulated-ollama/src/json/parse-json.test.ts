import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseJson, toPlain } from "./parse-json.ts";

const errorOf = (source: string | Buffer) => {
  const parsed = parseJson(Buffer.from(source as string));
  return parsed.ok ? undefined : parsed.error;
};

describe("parseJson", () => {
  test("reads what JSON.stringify writes", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const parsed = parseJson(Buffer.from(JSON.stringify(value)));
        expect(parsed.ok && toPlain(parsed.node)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test("keeps duplicate members and their order", () => {
    const parsed = parseJson(Buffer.from('{"a":1,"b":2,"a":3}'));
    expect(parsed.ok && parsed.node.kind === "object" && parsed.node.members.map((member) => member.name)).toEqual([
      "a",
      "b",
      "a",
    ]);
  });

  test("ignores what follows the first value", () => {
    expect(errorOf('{"a":1} xyz')).toBeUndefined();
  });

  // Each text was compared with Go 1.26.
  test.each([
    ["", "EOF"],
    ["  \n", "EOF"],
    ['{"model":', "unexpected EOF"],
    ["xxx", "invalid character 'x' looking for beginning of value"],
    ['{"model":}', "invalid character '}' looking for beginning of value"],
    ["{1:2}", "invalid character '1' looking for beginning of object key string"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
    ["[1 2]", "invalid character '2' after array element"],
    ["[1,]", "invalid character ']' looking for beginning of value"],
    ["nul!", "invalid character '!' in literal null (expecting 'l')"],
    ["-x", "invalid character 'x' in numeric literal"],
    ["1.x", "invalid character 'x' after decimal point in numeric literal"],
    ["1ex", "invalid character 'x' in exponent of numeric literal"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['"\\q"', "invalid character 'q' in string escape code"],
    ['"\\u00x0"', "invalid character 'x' in \\u hexadecimal character escape"],
    ["'a'", "invalid character '\\'' looking for beginning of value"],
    ["\u{feff}{}", "invalid character 'ï' looking for beginning of value"],
  ])("answers %j with Go's error", (source, error) => {
    expect(errorOf(source)).toBe(error);
  });

  test("refuses what is nested too deep", () => {
    expect(errorOf(`${"[".repeat(1000)}${"]".repeat(1000)}`)).toBeUndefined();
    expect(errorOf("[".repeat(1_000_000))).toBe("invalid character '[' exceeded max depth");
  });

  test("names a byte that has no letter by its number", () => {
    expect(errorOf(Buffer.from([0x1f, 0x8b]))).toBe("invalid character '\\x1f' looking for beginning of value");
  });
});
