import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flagWord, gibText, plainText, shellWord, spanText } from "./words.ts";

/** A word as a POSIX shell reads it. */
const readByShell = (word: string): string =>
  word.startsWith("'") ? word.slice(1, -1).replaceAll(String.raw`'\''`, "'") : word;

describe("the texts of findings", () => {
  it("quote every word so that a shell reads it as it was", () => {
    fc.assert(
      fc.property(fc.string(), (word) => {
        const quoted = shellWord(word);
        expect(readByShell(quoted)).toBe(word);
        if (!quoted.startsWith("'")) expect(quoted).toMatch(/^[\w.:@%+=,/][\w.:@%+=,/-]*$/);
      }),
    );
  });

  it("join a flag and a word that begins with a dash", () => {
    expect([flagWord("--node", "mac"), flagWord("--node", "--json")]).toEqual(["--node mac", "--node='--json'"]);
  });

  it("hold no control characters, whatever a machine is called", () => {
    expect(plainText("a\u001b[2J\r\nb\u202e")).toBe("a [2J b ");
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !/\p{Cc}/u.test(plainText(text))));
  });

  it("tell sizes and times in the unit that fits", () => {
    expect([gibText(7.849), gibText(512.4)]).toEqual(["7.8 GiB", "512 GiB"]);
    expect([45_000, 600_000, 10_800_000, 8 * 86_400_000].map(spanText)).toEqual(["45 s", "10 min", "3 h", "8 days"]);
  });
});
