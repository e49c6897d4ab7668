import { expect, test } from "vitest";
import { bytesOf, clockOf, countOf, durationOf, sizeOf, spanOf } from "./words.ts";

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

test("bytes have the decimal unit that needs the fewest figures", () => {
  expect([0, 999, 1000, 9_949, 9_950, 999_499, 999_500, 3_300_000_000, 5e15].map(bytesOf)).toEqual([
    "0 B",
    "999 B",
    "1.0 kB",
    "9.9 kB",
    "10 kB",
    "999 kB",
    "1.0 MB",
    "3.3 GB",
    "5.0 PB",
  ]);
});

test("times are shown as a clock shows them, and durations with the figures that matter", () => {
  expect([0, 30, 725, 10_800, Number.POSITIVE_INFINITY].map(clockOf)).toEqual([
    "0:00",
    "0:30",
    "12:05",
    "3:00:00",
    "-",
  ]);
  expect([0.42, 340, 1250, 45_000, 125_000].map(durationOf)).toEqual(["0.4 ms", "340 ms", "1.25 s", "45.0 s", "2:05"]);
});
