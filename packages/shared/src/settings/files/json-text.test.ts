import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJsonText } from "./json-text.ts";

describe("a JSON text", () => {
  it.each([
    ['{\n  "port": 80,\n}', 3, 1, "a name in double quotes"],
    ['{\n  "port": 80\n  "host": "a"\n}', 3, 3, '"," or the closing bracket'],
    ["{\n  port: 80\n}", 2, 3, 'a name in double quotes or "}"'],
    ['{\n  "port" 80\n}', 2, 10, '":"'],
    ['{\n  "port": eighty\n}', 2, 11, "a value"],
    ['{\n  // a comment\n  "port": 80\n}', 2, 3, 'a name in double quotes or "}"'],
    ['{"a": "unfinished\n}', 1, 7, "a value"],
    ['{"a": [1, 2}', 1, 12, '"," or the closing bracket'],
    ['{"a": 1', 1, 8, '"," or the closing bracket'],
    ["[1,]", 1, 4, "a value"],
    ["{} {}", 1, 4, "the end of the file"],
    ["{'a': 1}", 1, 2, 'a name in double quotes or "}"'],
    ['{"a": 01}', 1, 7, "a value"],
    ['{"a": True}', 1, 7, "a value"],
    ["", 1, 1, "a value"],
  ])("%j is wrong at line %i, column %i", (text, ...place) => {
    const [line, column, expected] = place;
    expect(parseJsonText(text)).toEqual({ isJson: false, line, column, expected });
  });

  it("skips a byte order mark", () => {
    expect(parseJsonText('\uFEFF{"a": 1}')).toEqual({ isJson: true, value: { a: 1 } });
  });

  it("is read as JSON.parse reads it", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJsonText(text)).toEqual({ isJson: true, value: JSON.parse(text) });
      }),
    );
  });

  it("is wrong exactly where something foreign was put in", () => {
    fc.assert(
      fc.property(fc.object(), fc.nat(), fc.constantFrom("§", "//", "undefined"), (value, seed, foreign) => {
        const lines = (JSON.stringify(value, null, 2) ?? "").split("\n");
        const index = seed % lines.length;
        const broken = lines.with(index, `${foreign} ${lines[index]}`).join("\n");
        expect(parseJsonText(broken)).toMatchObject({ isJson: false, line: index + 1, column: 1 });
      }),
    );
  });
});
