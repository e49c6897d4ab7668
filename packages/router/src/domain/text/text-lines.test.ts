import fc from "fast-check";
import { expect, test } from "vitest";
import { textLines } from "./text-lines.ts";

async function linesOf(pieces: readonly Uint8Array[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of textLines(pieces)) lines.push(line);
  return lines;
}

test("lines are the same, however the text was cut", async () => {
  const text = fc.string({ unit: "grapheme" }).map((one) => one.replaceAll("\n", " "));
  await fc.assert(
    fc.asyncProperty(fc.array(text), fc.integer({ min: 1, max: 9 }), async (lines, size) => {
      const bytes = Buffer.from(lines.join("\n"));
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.subarray(at * size, (at + 1) * size),
      );
      expect(await linesOf(pieces)).toEqual(lines.filter((line) => line !== ""));
    }),
  );
});
