import fc from "fast-check";
import { expect, test } from "vitest";
import { cleanText } from "./clean-text.ts";

const PROSE = "All three nodes are online and idle today, and nobody had to wait for an answer.";

test("thoughts, markup and lists go, the sentences stay", () => {
  expect(cleanText(`<think>Let me see</think>\n- **${PROSE}**`)).toBe(PROSE);
  expect(cleanText(`<think>never closed ${PROSE}`)).toBeUndefined();
  expect(cleanText(`<p>${PROSE}</p><script>alert(1)</script><img src=x onerror=alert(1)>`)).toBe(PROSE);
  expect(cleanText(`# Note\n1. ${PROSE}\u001b[31m\u202e`)).toContain(PROSE);
  expect(cleanText(`[${PROSE}](https://example.com/x)`)).toBe(PROSE);
});

test.each([
  ["colours", `\u001b[1;31m${PROSE}\u001b[0m`],
  ["colours in eight bits", `\u009b31m${PROSE}`],
  ["a window's title", `\u001b]0;hello\u0007${PROSE}`],
  ["a hidden link", `\u001b]8;;http://evil\u001b\\${PROSE}\u001b]8;;\u001b\\`],
  ["thoughts that only end", `Okay, the user wants a note.\n</think>\n${PROSE}`],
  ["words of a template", `<|im_start|>assistant\n${PROSE}<|im_end|>`],
  ["code", `\`\`\`json\n{"a":1}\n\`\`\`\n${PROSE}`],
  ["entities", `&lt;&#x27;${PROSE}`],
])("of %s nothing is left", (_what, text) => {
  expect(cleanText(text)).toBe(PROSE);
});

test("a link leaves its words, whatever stands in its address", () => {
  expect(cleanText(`${PROSE} See [it](javascript:alert(1)).`)).toBe(`${PROSE} See it.`);
});

test.each([
  ["nothing", ""],
  ["a word", "Fine."],
  ["a number", "1234567890 ".repeat(20)],
  ["one word again and again", "the the the the ".repeat(40)],
  ["signs", "{}[]();=+- ".repeat(30)],
  ["a page of errors", "<!DOCTYPE html><html><head><title>502</title></head><body><h1>502</h1></body></html>"],
])("%s is no briefing", (_what, text) => {
  expect(cleanText(text)).toBeUndefined();
});

test("a long text ends with its last whole sentence", () => {
  const text = cleanText(
    Array.from({ length: 60 }, (_, index) => `Sentence ${index} tells of node ${index * 7}.`).join(" "),
  );
  expect(text?.length).toBeLessThanOrEqual(800);
  expect(text).toMatch(/\.$/);
});

test("whatever is written, the result is plain, bounded text or nothing", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 3000 }), fc.boolean(), (text, hasProse) => {
      const clean = cleanText(hasProse ? `${PROSE} ${text} ${PROSE}` : text);
      if (clean === undefined) return;
      expect(clean.length).toBeLessThanOrEqual(800);
      expect(clean).not.toMatch(/[<>\p{Cc}\p{Cf}]/u);
    }),
  );
});

test("texts made to keep it busy for long are done soon", { timeout: 3_000 }, () => {
  for (const part of ["[", "[a](", "\n", "<", "<a", "<think>", "*", " "])
    for (let time = 0; time < 20; time += 1) expect(cleanText(part.repeat(20_000))).toBeUndefined();
});
