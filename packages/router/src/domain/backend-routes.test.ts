import { describe, expect, test } from "vitest";
import { hasRoute } from "./backend-routes.ts";
import type { WireRoute } from "./wire-route.ts";

const ollama = (version: string, route: WireRoute): boolean => hasRoute({ kind: "ollama", version }, route);

describe("the routes of an Ollama", () => {
  test.each([
    ["/v1/responses", "0.13.2", false],
    ["/v1/responses", "0.13.3", true],
    ["/v1/messages", "0.13.9", false],
    ["/v1/messages", "v0.14.0", true],
    ["/v1/messages", "0.14.0-rc1", true],
    ["/api/embed", "0.2.5", false],
    ["/api/embed", "0.2.6", true],
    ["/v1/audio/transcriptions", "0.19.9", false],
    ["/v1/audio/transcriptions", "0.24.0", true],
    ["/v1/images/generations", "0.24.0", true],
    ["/v1/images/generations", "0.32.5", true],
    ["/v1/images/generations", "0.32.6", false],
    ["/api/chat", "0.0.1", true],
  ] as const)("%s is there with %s: %s", (route, version, isThere) => {
    expect(ollama(version, route)).toBe(isThere);
  });

  test("a build without a version is taken for a new one", () => {
    for (const version of ["0.0.0", "", "unknown"]) {
      expect(ollama(version, "/v1/messages")).toBe(true);
      expect(ollama(version, "/v1/images/generations")).toBe(false);
    }
  });
});

test("a server with OpenAI's API has neither Ollama's nor Anthropic's routes", () => {
  const other = { kind: "openai-compatible", version: "" } as const;
  expect(hasRoute(other, "/v1/chat/completions")).toBe(true);
  expect(hasRoute(other, "/api/chat")).toBe(false);
  expect(hasRoute(other, "/v1/messages")).toBe(false);
});
