import { expect, test } from "vitest";
import { compareRows, type Expectation } from "./rows.ts";

const compare = (expected: readonly Expectation[], counts: readonly number[]) =>
  compareRows(expected, (id) => counts[Number(id.slice("soak-".length))] ?? 0);

test("each request has the rows that it must have, may have, or must not", () => {
  expect(compare(["one", "one-or-none", "one-or-none", "none"], [1, 0, 1, 0])).toEqual({
    right: 4,
    missing: 0,
    repeated: 0,
    unasked: 0,
    examples: [],
  });
});

test("a lost row, a second one, and one that nobody asked for are told, with their requests", () => {
  expect(compare(["one", "one", "one-or-none", "none"], [0, 2, 3, 1])).toEqual({
    right: 0,
    missing: 1,
    repeated: 2,
    unasked: 1,
    examples: ["soak-0", "soak-1", "soak-2", "soak-3"],
  });
});
