import { describe, expect, it } from "vitest";
import { parseGoDuration } from "./go-duration.ts";
import { isZeroKeepAlive } from "./keep-alive.ts";

describe("durations", () => {
  it.each([
    ["0", 0],
    ["-0", 0],
    ["0s", 0],
    ["5m", 300e9],
    ["1h30m", 5400e9],
    ["-1.5s", -1.5e9],
    ["+.5s", 0.5e9],
    ["1.h", 3600e9],
    ["300ms", 3e8],
    ["2us2\u00b5s2\u03bcs", 6000],
    ["0.1ns", 0],
  ])("%s lasts %d ns", (text, nanoseconds) => {
    const duration = parseGoDuration(text);
    expect("nanoseconds" in duration && duration.nanoseconds + 0).toBe(nanoseconds);
  });

  it.each([
    ["", 'time: invalid duration ""'],
    ["soon", 'time: invalid duration "soon"'],
    ["-1", 'time: missing unit in duration "-1"'],
    ["5x", 'time: unknown unit "x" in duration "5x"'],
    [".s", 'time: invalid duration ".s"'],
    ["1 s", 'time: unknown unit " s" in duration "1 s"'],
    ["9999999h", 'time: invalid duration "9999999h"'],
    ["99999999999999999999", 'time: invalid duration "99999999999999999999"'],
    ['5"', 'time: unknown unit "\\"" in duration "5\\""'],
    ["é", 'time: invalid duration "\\xc3\\xa9"'],
  ])("%j is none, in Go's words", (text, problem) => {
    expect(parseGoDuration(text)).toEqual({ problem });
  });
});

describe("a keep_alive of zero", () => {
  it.each([
    ["0", true],
    ["-0", true],
    ["0.0", true],
    ["1e-10", true],
    ['"0s"', true],
    ['"0"', true],
    ["-1", false],
    ["-1e-10", false],
    ["1.5", false],
    ['"5m"', false],
    ['"-1m"', false],
    ['"soon"', false],
    ["true", false],
  ])("%s: %s", (json, isZero) => {
    expect(isZeroKeepAlive(Buffer.from(json), 0)).toBe(isZero);
  });
});
