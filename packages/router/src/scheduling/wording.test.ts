import { describe, expect, it } from "vitest";
import { counted } from "../domain/text/counted.ts";
import { spokenDuration, spokenFactor, spokenSize } from "./wording.ts";

describe("wording", () => {
  it.each([
    [0, "0.0 s"],
    [3400, "3.4 s"],
    [45_000, "45 s"],
    [180_000, "3 min"],
    [3 * 3_600_000, "3 h"],
  ])("says a duration of %d ms as %s", (ms, words) => expect(spokenDuration(ms)).toBe(words));

  it.each([
    [4.7 * 2 ** 30, "4.7 GiB"],
    [0.05 * 2 ** 30, "0.05 GiB"],
    [0, "0.00 GiB"],
  ])("says a size of %d bytes as %s", (size, words) => expect(spokenSize(size)).toBe(words));

  it.each([
    [0, "0 requests"],
    [1, "1 request"],
    [262_144, "262,144 requests"],
    [1_000_000, "1,000,000 requests"],
  ])("counts %d as %s", (count, words) => expect(counted(count, "request")).toBe(words));

  it("says a factor with one decimal at most", () => {
    expect(spokenFactor(2)).toBe("2×");
    expect(spokenFactor(0.333)).toBe("0.3×");
  });
});
