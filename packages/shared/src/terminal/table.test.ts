import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { coloured } from "./paint.ts";
import { table } from "./table.ts";
import { cutText, harmlessText, textWidth } from "./text-width.ts";

const lines = (text: string): string[] => text.split("\n").slice(0, -1);

describe("a table", () => {
  const columns = [{ title: "NODE", least: 6 }, { title: "LOAD", side: "right" as const }, { title: "STATE" }];

  test("has columns as wide as their widest cell, numbers to the right, and no blanks at the end of a line", () => {
    const rows = [
      ["mac-mini", "3", "online"],
      ["a", "12.5", ""],
    ];
    expect(lines(table({ columns, rows }))).toEqual([
      "NODE      LOAD  STATE",
      "mac-mini     3  online",
      "a         12.5",
    ]);
  });

  test("cuts the column that may be cut until the line fits", () => {
    const rows = [["a-machine-with-a-long-name", "1", "online"]];
    expect(lines(table({ columns, rows, width: 24 }))).toEqual(["NODE        LOAD  STATE", "a-machine…     1  online"]);
  });

  test("leaves columns out that it can do without, the highest first", () => {
    const wide = [{ title: "NODE" }, { title: "A", goesAt: 1 }, { title: "B", goesAt: 2 }];
    const rows = [["node", "aaaa", "bbbb"]];
    expect(lines(table({ columns: wide, rows, width: 16 }))[0]).toBe("NODE  A     B");
    expect(lines(table({ columns: wide, rows, width: 15 }))[0]).toBe("NODE  A");
    expect(lines(table({ columns: wide, rows, width: 9 }))[0]).toBe("NODE");
  });

  test("counts wide signs as two columns", () => {
    expect(
      lines(
        table({
          columns: [{ title: "A" }, { title: "B" }],
          rows: [
            ["日本", "x"],
            ["abcd", "y"],
          ],
        }),
      ),
    ).toEqual(["A     B", "日本  x", "abcd  y"]);
  });

  test("without rows is its head, and a row that is too short leaves its cells empty", () => {
    expect(table({ columns: [{ title: "A" }, { title: "B" }], rows: [] })).toBe("A  B\n");
    expect(table({ columns: [{ title: "A" }, { title: "B" }], rows: [["x"]] })).toBe("A  B\nx\n");
  });

  test("colours cells without moving them", () => {
    const rows = [[{ text: "m", tone: "bad" as const }, "1", { text: "on", tone: "good" as const }]];
    const painted = table({ columns, rows, paint: coloured });
    expect(painted).toContain("\u001b[31mm\u001b[39m");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with it.
    expect(painted.replace(/\u001b\[\d+m/g, "")).toBe(table({ columns, rows }));
  });

  test("never exceeds a width in which its narrowest columns fit, whatever the cells are", () => {
    const row = fc.tuple(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), fc.nat().map(String));
    fc.assert(
      fc.property(fc.array(row), fc.integer({ min: 30, max: 90 }), (rows, width) => {
        const columns = [{ title: "ONE", least: 6 }, { title: "TWO", least: 4, goesAt: 1 }, { title: "THREE" }];
        const text = table({ columns, rows, width });
        expect(lines(text)).toHaveLength(rows.length + 1);
        for (const line of lines(text)) expect(textWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe("text", () => {
  test("is cut with a mark that it was, never inside a sign", () => {
    expect(cutText("gaming-pc", 9)).toBe("gaming-pc");
    expect(cutText("gaming-pc", 6)).toBe("gamin…");
    expect(cutText("日本語", 4)).toBe("日…");
    expect(cutText("日本語", 5)).toBe("日本…");
    expect(cutText("👩‍👩‍👧x", 2)).toBe("…");
    expect(cutText("abc", 0)).toBe("");
  });

  test("never exceeds its columns when it is cut", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(20), (text, columns) => {
        expect(textWidth(cutText(text, columns))).toBeLessThanOrEqual(columns);
      }),
    );
  });

  test("from strangers cannot steer a terminal", () => {
    expect(harmlessText("a\u001b[2J\r\nb\u202ec\u0007")).toBe("a�[2J��b�c�");
    expect(harmlessText("日本 👩‍👧 é")).toBe("日本 👩‍👧 é");
  });
});
