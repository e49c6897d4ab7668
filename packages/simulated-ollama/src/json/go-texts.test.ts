import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeGo } from "./encode-go.ts";
import { checkGoBase64 } from "./go-base64.ts";
import { parseGoDuration } from "./go-duration.ts";
import { toRfc3339Nano } from "./go-time.ts";

describe("encodeGo", () => {
  test("escapes what Go escapes", () => {
    expect(encodeGo({ a: "<b>R&D</b>\u2028" })).toBe('{"a":"\\u003cb\\u003eR\\u0026D\\u003c/b\\u003e\\u2028"}');
  });

  test("stays JSON of the same value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(encodeGo(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe("toRfc3339Nano", () => {
  test.each([
    [0, "1970-01-01T00:00:00Z"],
    [1_500.25, "1970-01-01T00:00:01.50025Z"],
    [1.000001, "1970-01-01T00:00:00.001000001Z"],
  ])("prints %d", (milliseconds, text) => {
    expect(toRfc3339Nano(milliseconds)).toBe(text);
  });

  test("reads back as the same time", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (milliseconds) => {
        expect(Date.parse(toRfc3339Nano(milliseconds))).toBe(milliseconds);
      }),
    );
  });
});

describe("parseGoDuration", () => {
  test.each([
    ["5m", 300_000],
    ["1h30m", 5_400_000],
    ["-1m", -60_000],
    ["1.5s", 1500],
    ["0", 0],
    ["0s", 0],
    [".5s", 500],
    ["10µs", 0.01],
  ])("reads %s", (source, milliseconds) => {
    expect(parseGoDuration(source)).toEqual({ ok: true, value: milliseconds });
  });

  test.each([
    ["soon", 'time: invalid duration "soon"'],
    ["", 'time: invalid duration ""'],
    ["300", 'time: missing unit in duration "300"'],
    ["5x", 'time: unknown unit "x" in duration "5x"'],
    ["é", 'time: invalid duration "\\xc3\\xa9"'],
  ])("refuses %j with Go's error", (source, error) => {
    expect(parseGoDuration(source)).toEqual({ ok: false, error });
  });
});

describe("checkGoBase64", () => {
  test("accepts every encoding and knows its length", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(checkGoBase64(Buffer.from(bytes).toString("base64"))).toEqual({ ok: true, value: bytes.length });
      }),
    );
  });

  // Each position was compared with Go 1.26.
  test.each([
    ["@@@", 0],
    ["not base64!", 3],
    ["z9=", 3],
    ["z9=/A", 2],
    ["AAAAz", 4],
    ["AA==x", 4],
  ])("refuses %j at Go's position", (source, position) => {
    expect(checkGoBase64(source)).toEqual({ ok: false, error: `illegal base64 data at input byte ${position}` });
  });
});
