import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanPath } from "./clean-path.ts";

describe("a path", () => {
  // What Ollama 0.24 redirects to was recorded; here it is served at once.
  test.each([
    ["/api/../api/tags", "/api/tags"],
    ["//api/tags", "/api/tags"],
    ["//api/tags?x=1", "/api/tags?x=1"],
    ["/v1//chat/completions", "/v1/chat/completions"],
    ["/v1/chat/completions/", "/v1/chat/completions"],
    ["/api/tags/", "/api/tags"],
    ["/api/./tags", "/api/tags"],
    ["///", "/"],
    ["/..", "/"],
    ["/../..//api/chat", "/api/chat"],
    ["/api/chat/..", "/api"],
    ["/api/chat/.", "/api/chat"],
  ])("%s is served as %s", (given, clean) => {
    expect(cleanPath(given)).toBe(clean);
  });

  test.each([
    "/",
    "/?x=1",
    "/api/chat",
    "/api/chat?a=//b/../c",
    "/dashboard/",
    "/dashboard/?tab=1",
    "/v1/models/ns/name",
    "/fleet/decisions/a..b",
    "/fleet/decisions/.hidden",
    "/fleet/decisions/...",
    "/api/%2e%2e/tags",
    "*",
  ])("%s stays as it is", (given) => {
    expect(cleanPath(given)).toBe(given);
  });

  test("outside of the APIs keeps its last slash, as Go's path cleaning does", () => {
    expect(cleanPath("//dashboard//")).toBe("/dashboard/");
    expect(cleanPath("/dashboard/x/../?y")).toBe("/dashboard/?y");
  });

  const segment = fc.constantFrom("", ".", "..", "api", "v1", "chat", "a.b", "...", "x y");
  const anyPath = fc.array(segment, { minLength: 1, maxLength: 8 }).map((parts) => `/${parts.join("/")}`);

  test("has nothing left to clean afterwards", () => {
    fc.assert(
      fc.property(anyPath, (path) => {
        const clean = cleanPath(path);
        expect(cleanPath(clean)).toBe(clean);
        expect(clean).toMatch(/^\//);
        expect(clean).not.toMatch(/\/\/|\/\.{1,2}(\/|$)/);
      }),
    );
  });

  test("is what a URL parser makes of its dot segments", () => {
    fc.assert(
      fc.property(anyPath, (path) => {
        const withoutEmpty = path.replace(/\/{2,}/g, "/");
        const expected = new URL(`http://h${withoutEmpty}`).pathname.replace(/%20/g, " ").replace(/(.)\/$/, "$1");
        expect(cleanPath(path).replace(/(.)\/$/, "$1")).toBe(expected);
      }),
    );
  });

  test("never takes its query along", () => {
    fc.assert(
      fc.property(anyPath, fc.string(), (path, query) => {
        expect(cleanPath(`${path}?${query}`)).toBe(`${cleanPath(path)}?${query}`);
      }),
    );
  });
});
