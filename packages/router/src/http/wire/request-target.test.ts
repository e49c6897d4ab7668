import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readTarget } from "./request-target.ts";

// What a real Ollama 0.24 routes by, or refuses, when it is asked for these.
describe("a request target", () => {
  test.each([
    ["/api/tags", "/api/tags"],
    ["/api/tags?x=%zz#y", "/api/tags?x=%zz#y"],
    ["/api/version#x", "/api/version%23x"],
    ["/api%2Fversion", "/api/version"],
    ["/api/%76ersion", "/api/version"],
    ["//api/./tags/", "/api/tags"],
    ["/api/%2e%2e/api/version", "/api/../api/version"],
    ["/v1/models/ns%2Fname", "/v1/models/ns/name"],
    ["/v1/models/gemma3%3A4b", "/v1/models/gemma3:4b"],
    ["/v1/models/a%3Fb%23c%25d", "/v1/models/a%3Fb%23c%25d"],
    ["/api/%00", "/api/%00"],
    ["/%ff%fe", "/%25ff%25fe"],
    ["/fleet/pin/ns%2Fname", "/fleet/pin/ns%2Fname"],
  ])("%s is the path %s", (target, path) => {
    expect(readTarget(target)).toEqual({ kind: "path", path, authority: undefined });
  });

  test.each([
    ["http://localhost/api/version", "/api/version", "localhost"],
    ["http://evil.com:80/a/b?c", "/a/b?c", "evil.com:80"],
    ["HTTPS://user:word@Host/", "/", "Host"],
    ["http://localhost", "/", "localhost"],
    ["http://localhost?x=1", "/?x=1", "localhost"],
    ["ftp://[::1]:8/x", "/x", "[::1]:8"],
  ])("%s is the path %s of host %s", (target, path, authority) => {
    expect(readTarget(target)).toEqual({ kind: "path", path, authority });
  });

  test.each(["/%zz", "/api/tags%", "/%4", "api/version", "", "http:///x", "http://h/%z", "localhost:80", "?x"])(
    "%j is malformed",
    (target) => {
      expect(readTarget(target)).toEqual({ kind: "malformed" });
    },
  );

  test("* is the server itself", () => {
    expect(readTarget("*")).toEqual({ kind: "server" });
  });

  test("of any bytes is settled, and a path that was settled stays as it is", () => {
    const piece = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.constantFrom("%", "%2F", "%ff", "#", "?", "/api/", "/v1/"),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const target = readTarget(`/${pieces.join("")}`);
        if (target.kind !== "path") return;
        expect(target.path.startsWith("/")).toBe(true);
        expect(target.path.split("?")[0]).not.toContain("#");
      }),
    );
  });
});
