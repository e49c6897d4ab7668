import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkings } from "../testing/chunking.ts";
import { LineKeeper, splitLines } from "./line-keeper.ts";
import { recordText } from "./record.ts";

describe("cutting chunks into lines", () => {
  it("gives the same lines and the same rest, however the bytes are cut", () => {
    const text = fc
      .array(fc.constantFrom("a", "é", "😀", "\n", "\r", "long text ".repeat(9)), { maxLength: 60 })
      .map((parts) => parts.join(""));
    const cutText = text.chain((whole) => chunkings(Buffer.from(whole)).map((chunks) => ({ whole, chunks })));
    fc.assert(
      fc.property(cutText, ({ whole, chunks }) => {
        const open = new LineKeeper();
        const lines: string[] = [];
        for (const chunk of chunks) splitLines(chunk, open, (line) => lines.push(recordText(line)));
        expect([...lines, recordText(open.peek())].join("\n")).toBe(whole);
        expect(lines.length).toBe(whole.split("\n").length - 1);
      }),
      { numRuns: 300 },
    );
  });

  it("keeps the beginning and the end of a line without bound in bounded memory", () => {
    const open = new LineKeeper();
    open.append(Buffer.from("begin"), 0, 5);
    const chunk = Buffer.alloc(10_000, "x");
    for (let count = 0; count < 5000; count += 1) open.append(chunk, 0, chunk.length);
    open.append(Buffer.from("the end"), 0, 7);
    const line = open.peek();
    expect(line.isCut).toBe(true);
    expect(line.bytes.length).toBeLessThanOrEqual(64 * 1024);
    expect(recordText(line)).toMatch(/^beginx+the end$/);
    expect(open.length).toBe(5 + 5000 * 10_000 + 7);
    open.take();
    expect(open.length).toBe(0);
    expect(open.peek().isCut).toBe(false);
  });
});
