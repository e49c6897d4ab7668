import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createOriginRule } from "./origin-rule.ts";

const usual = createOriginRule([]);

describe("without a list", () => {
  test.each([
    "http://localhost",
    "https://localhost:3000",
    "http://127.0.0.1:8",
    "http://0.0.0.0:9",
    "app://obsidian.md",
    "file://",
    "tauri://localhost",
    "vscode-webview://a",
    "vscode-file://a",
  ])("pages of %j may call, but nobody listed them", (origin) => {
    expect([usual.allows(origin), usual.isListed(origin)]).toEqual([true, false]);
  });

  test.each([
    "null",
    "*",
    "https://app.example.com",
    "chrome-extension://abc",
    "http://localhost.evil.com",
    "http://[::1]:3000",
    "HTTP://LOCALHOST",
    "xapp://a",
  ])("pages of %j may not", (origin) => {
    expect(usual.allows(origin)).toBe(false);
  });
});

describe("a list", () => {
  const rule = createOriginRule([
    " https://*.Example.com ",
    "chrome-extension://*",
    "http://Exact.test",
    "https://*.a.*:8",
  ]);

  test.each(["https://a.example.com", "chrome-extension://abc", "http://exact.test", "https://x.a.test:8"])(
    "lets %j in, by name",
    (origin) => {
      expect([rule.allows(origin), rule.isListed(origin)]).toEqual([true, true]);
    },
  );

  test.each(["http://a.example.com", "https://example.com", "http://exact.test.evil", "https://x.b.test:8", "null"])(
    "does not let %j in",
    (origin) => {
      expect([rule.allows(origin), rule.isListed(origin)]).toEqual([false, false]);
    },
  );

  test("with a bare * lets everybody in, and names nobody", () => {
    const open = createOriginRule(["*", "https://mine.test"]);
    for (const origin of ["null", "https://any.test"])
      expect([open.allows(origin), open.isListed(origin)]).toEqual([true, false]);
    expect(open.isListed("https://mine.test")).toBe(true);
  });

  test("takes a pattern's pieces in their order, without overlap", () => {
    expect(createOriginRule(["https://aba*aba"]).allows("https://aba")).toBe(false);
    const text = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(text, { minLength: 2, maxLength: 4 }), fc.array(text, { maxLength: 4 }), (pieces, fills) => {
        const pattern = `x://${pieces.join("*")}`;
        const filled = `x://${pieces.map((piece, at) => (at === 0 ? piece : `${fills[at] ?? ""}${piece}`)).join("")}`;
        const asRegExp = new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", ".*")}$`);
        const { allows } = createOriginRule([pattern]);
        expect(allows(filled)).toBe(true);
        const other = `x://${fills.join("")}`;
        expect(allows(other)).toBe(asRegExp.test(other));
      }),
    );
  });
});
