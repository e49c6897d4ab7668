import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonText } from "./json-text.ts";

test("signs that steer a terminal, turn a line around or cannot be seen are written as numbers", () => {
  const hostile = { name: "a\u001b[2J\u009b31m\u202eb\u{e0041}\r\n" };
  const text = jsonText(hostile, 0);
  expect(text).toBe('{"name":"a\\u001b[2J\\u009b31m\\u202eb\\udb40\\udc41\\r\\n"}');
  expect(JSON.parse(text)).toEqual(hostile);
});

test("any value is read back as it was", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
      const text = jsonText(value, indent);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }),
  );
});
