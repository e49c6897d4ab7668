import fc from "fast-check";
import { expect, test } from "vitest";
import { cleanLabel, LabelBook, OTHER } from "./label-book.ts";

test("values beyond the bound share one place, and known ones keep theirs", () => {
  const book = new LabelBook(2, (label, index) => ({ label, index }));
  expect([book.of("a").label, book.of("b").label, book.of("c").label, book.of("d").label]).toEqual([
    "a",
    "b",
    OTHER,
    OTHER,
  ]);
  expect(book.of("a").index).toBe(0);
  expect(book.of("c")).toBe(book.other());
  expect(book.all()).toHaveLength(3);
});

test("a value that is itself called other shares the place of the rest", () => {
  const book = new LabelBook(5, (label) => ({ label }));
  expect(book.of(OTHER)).toBe(book.other());
});

test("values that look alike once they are clean share a place", () => {
  const book = new LabelBook(5, (label) => ({ label }));
  expect(book.of("a\u0001")).toBe(book.of("a\u0002"));
  expect(book.of("a\u0001")).toBe(book.of("a\ufffd"));
  expect(book.all()).toHaveLength(1);
});

test("however many values come, no more than the bound and one have a place", () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.integer({ min: 1, max: 5 }), (values, most) => {
      const book = new LabelBook(most, (label) => ({ label }));
      for (const value of values) book.of(value);
      expect(book.all().length).toBeLessThanOrEqual(most + 1);
    }),
  );
});

test("a label holds no control character and no half of a pair, and is not endless", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (value) => {
      const label = cleanLabel(value);
      expect(label).not.toMatch(/\p{Cc}/u);
      expect(label.isWellFormed()).toBe(true);
      expect(label.length).toBeLessThanOrEqual(201);
    }),
  );
  expect(cleanLabel("\u001b[31mred\n")).toBe("\ufffd[31mred\ufffd");
});
