import { expect, test } from "vitest";
import { countOf, sizeOf, spanOf } from "./words.ts";

test("one thing and several are told in one and several words", () => {
  expect([countOf(0, "model"), countOf(1, "model"), countOf(2, "model")]).toEqual(["0 models", "1 model", "2 models"]);
});

test("a time is told in the unit that one would use", () => {
  expect([0, 89, 90, 5_399, 5_400, 129_599, 129_600].map(spanOf)).toEqual([
    "0 s",
    "89 s",
    "2 min",
    "90 min",
    "2 h",
    "36 h",
    "2 days",
  ]);
});

test("a size is told as exactly as one cares about", () => {
  expect([0.25, 9.94, 15.6, 127.9].map(sizeOf)).toEqual(["0.3", "9.9", "16", "128"]);
});
