import { expect, test } from "vitest";
import { type DialectName, dialects, pieceOf } from "./dialects.ts";
import { paceHeader, paceIn } from "./pace.ts";
import { MARK } from "./record-count.ts";

const names = Object.keys(dialects) as readonly DialectName[];
const marksIn = (text: string): number => text.split(MARK).length - 1;

test.each(names)("a piece of %s has the size that is asked for and one mark, and nothing else has any", (name) => {
  const dialect = dialects[name];
  for (const bytes of [240, 1000, 65_536]) {
    const piece = pieceOf(dialect, bytes);
    expect(Math.abs(piece.length - bytes)).toBeLessThanOrEqual(5);
    expect(marksIn(piece)).toBe(1);
  }
  expect(marksIn(dialect.opening + dialect.closing + dialect.bodyFor("m:8b"))).toBe(0);
  expect(dialect.closing).toContain(dialect.ending);
  expect(JSON.parse(dialect.bodyFor("m:8b"))).toMatchObject({ model: "m:8b", stream: true });
});

test("a pace passes through a header, and what is none asks for nothing", () => {
  const pace = { chunks: 20_000, everyMs: 0, bytes: 240 };
  expect(paceIn(Object.fromEntries([paceHeader(pace)]))).toEqual(pace);
  const [name] = paceHeader(pace);
  expect([paceIn({}), paceIn({ [name]: "1,2" }), paceIn({ [name]: "a,b,c" })]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
