import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { judgePage } from "./judge-page.ts";
import { createOriginRule } from "./origin-rule.ts";

const usual = createOriginRule([]);
const call = { method: "GET", origin: "http://localhost:3000", host: "router:11435" };

describe("a call", () => {
  test.each([undefined, "", "http://router:11435", "https://router:11435"])(
    "with origin %j is no foreign page's",
    (origin) => {
      for (const method of ["GET", "OPTIONS"])
        expect(judgePage({ ...call, method, origin }, usual)).toEqual({ kind: "own" });
    },
  );

  test("of an allowed page is answered to that page, and its headers may be read", () => {
    expect(judgePage(call, usual)).toEqual({
      kind: "allowed",
      isPreflight: false,
      headers: {
        "Access-Control-Allow-Origin": "http://localhost:3000",
        "Access-Control-Expose-Headers": "*",
        Vary: "Origin",
      },
    });
  });

  test("of any page is answered the same for everybody where everybody may", () => {
    const open = createOriginRule(["*"]);
    for (const method of ["GET", "OPTIONS"]) {
      const verdict = judgePage({ ...call, method, origin: "null" }, open);
      expect(verdict).toMatchObject({ kind: "allowed", headers: { "Access-Control-Allow-Origin": "*" } });
      expect(verdict).not.toHaveProperty("headers.Vary");
    }
  });

  test.each(["null", "https://evil.test", "http://router:1"])("of a page of %j is refused", (origin) => {
    expect(judgePage({ ...call, origin }, usual)).toEqual({ kind: "refused" });
  });
});

describe("a preflight", () => {
  const verdict = judgePage({ ...call, method: "OPTIONS" }, usual);
  const headers = verdict.kind === "allowed" ? verdict.headers : {};
  const allowed = String(headers["Access-Control-Allow-Headers"]).toLowerCase().split(",");

  test("allows what Ollama allows", () => {
    const { response } = readFixture("cors-preflight-allowed-v1.json") as {
      response: { headers: readonly [string, string][] };
    };
    const recorded = new Map(response.headers);
    expect(headers["Access-Control-Allow-Methods"]).toBe(recorded.get("Access-Control-Allow-Methods"));
    expect(headers["Access-Control-Max-Age"]).toBe(recorded.get("Access-Control-Max-Age"));
    expect(headers["Vary"]).toEqual(response.headers.flatMap(([name, value]) => (name === "Vary" ? [value] : [])));
    expect(String(headers["Access-Control-Allow-Headers"])).toMatch(
      new RegExp(`^${recorded.get("Access-Control-Allow-Headers")}`),
    );
  });

  // Seen to be sent by the SDKs of Ollama, OpenAI and Anthropic, without what no browser asks for.
  const sdkHeaders = [
    ...["authorization", "content-type", "user-agent", "anthropic-version"],
    ...[
      "arch",
      "async",
      "helper-method",
      "lang",
      "os",
      "package-version",
      "read-timeout",
      "retry-count",
      "runtime",
    ].map((name) => `x-stainless-${name}`),
    ...["x-stainless-runtime-version", "x-stainless-stream-helper", "x-stainless-timeout"],
  ];

  test.each(sdkHeaders)("allows %s, which an SDK sends", (header) => {
    expect(allowed).toContain(header);
  });

  test.each([
    "x-api-key",
    "anthropic-beta",
    "anthropic-dangerous-direct-browser-access",
    "x-herd-tags",
    "x-herd-priority",
  ])("allows %s", (header) => {
    expect(allowed).toContain(header);
  });
});

function readFixture(name: string): unknown {
  const file = new URL(`../../../../simulated-ollama/fixtures/ollama-0.24.0/${name}`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8"));
}
