import { describe, expect, it } from "vitest";
import type { WireRoute } from "../../domain/wire-route.ts";
import { targetRouteOf } from "./target-route.ts";

const routes: readonly WireRoute[] = [
  "/api/chat",
  "/api/generate",
  "/api/embed",
  "/api/embeddings",
  "/v1/chat/completions",
  "/v1/completions",
  "/v1/embeddings",
  "/v1/responses",
  "/v1/messages",
  "/v1/audio/transcriptions",
  "/v1/images/generations",
];

/** Of all routes those that a backend does not serve by the same name. */
const others = (kind: "ollama" | "openai-compatible", version: string) =>
  Object.fromEntries(
    routes.flatMap((route) => {
      const target = targetRouteOf(route, { kind, version });
      return target === route ? [] : [[route, target]];
    }),
  );

describe("the route on which a backend serves another", () => {
  it("is the same on an Ollama that has it", () => {
    expect(others("ollama", "0.24.0")).toEqual({});
  });

  it("is a native one on an Ollama without it", () => {
    expect(others("ollama", "0.13.5")).toEqual({
      "/v1/messages": "/api/chat",
      "/v1/audio/transcriptions": undefined,
      "/v1/images/generations": undefined,
    });
    expect(others("ollama", "0.1.20")).toEqual({
      "/api/embed": "/api/embeddings",
      "/v1/chat/completions": "/api/chat",
      "/v1/completions": "/api/generate",
      "/v1/embeddings": "/api/embeddings",
      "/v1/responses": "/api/chat",
      "/v1/messages": "/api/chat",
      "/v1/audio/transcriptions": undefined,
      "/v1/images/generations": undefined,
    });
  });

  it("is one of OpenAI's on a server with OpenAI's API", () => {
    expect(others("openai-compatible", "")).toEqual({
      "/api/chat": "/v1/chat/completions",
      "/api/generate": "/v1/chat/completions",
      "/api/embed": "/v1/embeddings",
      "/api/embeddings": "/v1/embeddings",
      "/v1/responses": "/v1/chat/completions",
      "/v1/messages": "/v1/chat/completions",
    });
  });
});
