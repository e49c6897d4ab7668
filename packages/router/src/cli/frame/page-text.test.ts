import { textWidth } from "@herd/shared/terminal";
import { expect, test } from "vitest";
import { commands } from "../commands.ts";
import { helpPage, herdPage, upPage } from "../own-pages.ts";
import { exitsOf, optionsOf, pageText } from "./page-text.ts";
import { below } from "./program.ts";

const pages = [herdPage, upPage, ...commands, helpPage];

test.each(pages.map((page) => [["herd", ...page.words].join(" "), page] as const))(
  "the page of %s tells what it does, its options, examples and exit codes, in the width that there is",
  (name, page) => {
    for (const width of [50, 80, 100]) {
      const text = pageText({ page, options: optionsOf(page.flags ?? []), below: below(page, pages), width });
      for (const title of ["Name:", "Usage:", "Options:", "Examples:", "Exit codes:"]) expect(text).toContain(title);
      expect(text).toContain(`${name} - ${page.summary}`);
      for (const [line] of page.examples) expect(text).toContain(line);
      const prose = text.split("\n").filter((line) => line.startsWith("      ") && line.includes(" "));
      for (const line of prose) expect(textWidth(line)).toBeLessThanOrEqual(width);
    }
  },
);

test("a page names the exit codes of its own, and the usual ones where it says nothing else", () => {
  const page = { words: ["x"], summary: "x", examples: [["herd x", "x"]] as const };
  expect(exitsOf(page).map(([code]) => code)).toEqual([0, 1, 2, 130]);
  expect(
    exitsOf({
      ...page,
      exits: [
        [1, "own"],
        [5, "further"],
      ],
    }).map(([code, text]) => [code, text]),
  ).toEqual([
    [0, "done"],
    [1, "own"],
    [2, "wrong use or bad setting"],
    [5, "further"],
    [130, "stopped by Ctrl-C"],
  ]);
});
