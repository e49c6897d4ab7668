import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkings } from "../../testing/chunking.ts";
import { LineReader, LONGEST_LINE } from "./line-reader.ts";

const linesOf = (chunks: readonly Uint8Array[]): readonly string[] => {
  const reader = new LineReader();
  const lines = chunks.flatMap((chunk) => reader.read(chunk));
  return [...lines, ...reader.rest()];
};

describe("reading lines", () => {
  it("gives the same lines however the bytes are cut", () => {
    const text = fc
      .array(fc.constantFrom("a", "é", "😀", "\n", "\r", "\r\n", "long text ".repeat(9)), { maxLength: 60 })
      .map((parts) => parts.join(""));
    const cut = text.chain((whole) => chunkings(Buffer.from(whole)).map((chunks) => ({ whole, chunks })));
    fc.assert(
      fc.property(cut, ({ whole, chunks }) => {
        expect(linesOf(chunks)).toEqual(linesOf([Buffer.from(whole)]));
      }),
      { numRuns: 300 },
    );
  });

  it("ends lines at line feeds and carriage returns, alone or together", () => {
    expect(linesOf([Buffer.from("a\r\nb\nc\rd\n\ne")])).toEqual(["a", "b", "c", "d", "", "e"]);
  });

  it("gives up a line that has no end", () => {
    const reader = new LineReader();
    const chunk = Buffer.alloc(1024 * 1024, "x");
    for (let length = 0; length <= LONGEST_LINE; length += chunk.length) reader.read(chunk);
    expect(reader.isBroken).toBe(true);
    expect(reader.read(Buffer.from("\nmore\n"))).toEqual([]);
    expect(reader.rest()).toEqual([]);
  });
});
