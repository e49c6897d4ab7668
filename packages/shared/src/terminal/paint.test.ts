import { describe, expect, test } from "vitest";
import { lineWidth, paintFor } from "./paint.ts";

const isColoured = (isTerminal: boolean, env: Readonly<Record<string, string>> = {}): boolean =>
  paintFor({ isTerminal, columns: 80, env })("x", "good") !== "x";

describe("colours", () => {
  test("are for terminals, not for pipes and files", () => {
    expect([isColoured(true), isColoured(false)]).toEqual([true, false]);
  });

  test("are left out where NO_COLOR is set or the terminal cannot", () => {
    expect(isColoured(true, { NO_COLOR: "1" })).toBe(false);
    expect(isColoured(true, { NO_COLOR: "" })).toBe(true);
    expect(isColoured(true, { TERM: "dumb" })).toBe(false);
  });

  test("are there, or not, where FORCE_COLOR says so", () => {
    expect(isColoured(false, { FORCE_COLOR: "1" })).toBe(true);
    expect(isColoured(true, { FORCE_COLOR: "0" })).toBe(false);
    expect(isColoured(false, { FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(true);
    expect(isColoured(false, { FORCE_COLOR: "" })).toBe(false);
  });
});

describe("the width of lines", () => {
  test("is the terminal's; a pipe has none unless COLUMNS asks for one", () => {
    expect(lineWidth({ isTerminal: true, columns: 120, env: {} })).toBe(120);
    expect(lineWidth({ isTerminal: true, columns: undefined, env: {} })).toBe(80);
    expect(lineWidth({ isTerminal: false, columns: undefined, env: {} })).toBe(Number.POSITIVE_INFINITY);
    expect(lineWidth({ isTerminal: false, columns: undefined, env: { COLUMNS: "80" } })).toBe(80);
    expect(lineWidth({ isTerminal: true, columns: 3, env: {} })).toBe(40);
  });
});
