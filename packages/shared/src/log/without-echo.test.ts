import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { quotableOf, withoutEcho } from "./without-echo.ts";

describe("a message without quotations of the request", () => {
  const body = JSON.stringify({ model: "gemma3:4b-it-q4_K_M", prompt: 'My "secret" diary:\nline two' });

  test("loses what it repeats, in JSON's escapes or as it was meant", () => {
    expect(withoutEcho(`cannot parse ${body.slice(20)}!`, quotableOf(body))).not.toContain("secret");
    expect(withoutEcho('bad template input: My "secret" diary:\nline two', quotableOf(body))).toBe(
      "bad template input: …",
    );
    const twice = JSON.stringify({ error: 'cannot read My "secret" diary' });
    expect(withoutEcho(twice, quotableOf(body))).not.toContain("diary");
  });

  test("keeps what is its own, and the names that it may tell", () => {
    expect(withoutEcho("llama runner process has terminated", quotableOf(body))).toBe(
      "llama runner process has terminated",
    );
    const message = "model 'gemma3:4b-it-q4_K_M' not found";
    expect(withoutEcho(message, quotableOf(body), ["gemma3:4b-it-q4_K_M"])).toBe(message);
  });

  test("never holds a run of the source of twelve characters or more", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12 }), fc.string(), fc.string(), (source, before, after) => {
        const shown = withoutEcho(before + source + after, quotableOf(source));
        for (let at = 0; at + 12 <= source.length; at += 1)
          if (!source.slice(at, at + 12).includes("…")) expect(shown).not.toContain(source.slice(at, at + 12));
      }),
    );
  });

  test("takes away exactly the runs of twelve that both texts hold, whatever the texts are like", () => {
    const few = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 60 });
    fc.assert(
      fc.property(few, few, (message, source) => {
        const isEcho = [...message].map((_, at) =>
          [...Array(12).keys()].some((back) => {
            const start = at - back;
            return start >= 0 && start + 12 <= message.length && source.includes(message.slice(start, start + 12));
          }),
        );
        const expected = [...message].map((sign, at) => (isEcho[at] === true ? "…" : sign)).join("");
        expect(withoutEcho(message, quotableOf(source))).toBe(expected.replace(/…+/g, "…"));
      }),
      { numRuns: 2000 },
    );
  });
});
