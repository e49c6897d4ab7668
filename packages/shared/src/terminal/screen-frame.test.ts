import { expect, test } from "vitest";
import { screenBegin, screenEnd, screenFrame } from "./screen-frame.ts";

test("every line is overwritten from the first column on, and what stood below is cleared", () => {
  expect(screenFrame("one\ntwo\n", 10)).toBe("\u001b[Hone\u001b[K\r\ntwo\u001b[K\u001b[J");
});

test("a small terminal shows as many lines as it has, and how many are missing", () => {
  const frame = screenFrame("1\n2\n3\n4\n5\n", 3);
  expect(frame.split("\r\n")).toHaveLength(3);
  expect(frame).toContain("… 3 more lines");
});

test("the end undoes the beginning in reverse order", () => {
  const modes = (text: string) => [...text.matchAll(/\?(\d+)[hl]/g)].map(([, mode]) => mode);
  expect(modes(screenEnd)).toEqual(modes(screenBegin).reverse());
});
