import { expect, test } from "vitest";
import { table } from "./table.ts";

test("columns are as wide as their longest cell, numbers stand to the right, and no line ends in blanks", () => {
  const text = table(
    ["NODE", "LOAD", "STATE"],
    [
      ["mac-mini", "3", "online"],
      ["a", "12.5", ""],
      ["b", "0.75 s", "x"],
    ],
  );
  expect(text).toBe(
    ["NODE      LOAD    STATE", "mac-mini       3  online", "a           12.5", "b         0.75 s  x", ""].join("\n"),
  );
});

test("a table without rows is its head", () => {
  expect(table(["A", "B"], [])).toBe("A  B\n");
});

test("a row that is too short leaves its cells empty", () => {
  expect(table(["A", "B"], [["x"]])).toBe("A  B\nx\n");
});
