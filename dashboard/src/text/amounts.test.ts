import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contextText, counted, countText, gibOfText, gibText, percentOf, percentText } from "./amounts.ts";

const plain = (text: string | undefined) => text?.replaceAll("\u00a0", " ");

describe("sizes", () => {
  test.each([
    [0, "0 GiB"],
    [0.04, "< 0.1 GiB"],
    [0.6, "0.6 GiB"],
    [4.06, "4.1 GiB"],
    [8, "8.0 GiB"],
    [32, "32 GiB"],
    [78.44, "78.4 GiB"],
    [99.96, "100 GiB"],
    [511.6, "512 GiB"],
    [1_843.2, "1.8 TiB"],
    [1_024 * 12, "12 TiB"],
  ])("%d GiB are written as %s", (gib, text) => {
    expect(plain(gibText(gib))).toBe(text);
  });

  test("a part and its whole share one unit", () => {
    expect(plain(gibOfText(78.4, 192))).toBe("78.4 of 192 GiB");
    expect(plain(gibOfText(512, 2_048))).toBe("0.5 of 2.0 TiB");
  });
});

describe("shares", () => {
  test("are whole percent", () => {
    expect(plain(percentText(33.6))).toBe("34 %");
  });

  test("stay between 0 and 100, whatever a node reports", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (part, whole) => {
        const share = percentOf(part, whole);
        return share >= 0 && share <= 100;
      }),
    );
  });

  test("of nothing are 0", () => {
    expect(percentOf(5, 0)).toBe(0);
  });
});

describe("counts", () => {
  test("have their thousands set apart", () => {
    expect(countText(12_845)).toBe("12,845");
  });

  test("agree with their noun", () => {
    expect([counted(1, "model"), counted(0, "model"), counted(2, "entry", "entries")]).toEqual([
      "1 model",
      "0 models",
      "2 entries",
    ]);
  });
});

describe("context lengths", () => {
  test.each([
    [0, undefined],
    [2_000, "2,000"],
    [8_192, "8k"],
    [131_072, "128k"],
    [1_048_576, "1M"],
    [1_049_600, "1025k"],
  ])("%d tokens are written as %s", (tokens, text) => {
    expect(contextText(tokens)).toBe(text);
  });
});
