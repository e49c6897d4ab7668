import { describe, expect, it } from "vitest";
import type { BackendSnapshot } from "../../domain/fleet-snapshot.ts";
import type { WireRoute } from "../../domain/wire-route.ts";
import { makeCandidate, makeRequest, makeView } from "../testing/make-view.ts";
import { lacksRoute } from "./lacks-route.ts";

const codeOf = (backend: Partial<BackendSnapshot>, route: WireRoute | undefined): string | undefined => {
  const candidate = makeCandidate("a", { backend });
  return lacksRoute.reject(candidate, makeView([candidate], { request: makeRequest({ route }) }))?.code;
};

describe("lacks-route", () => {
  it("rejects an Ollama whose version has no such route where translation cannot help", () => {
    expect(codeOf({ version: "0.19.0" }, "/v1/audio/transcriptions")).toBe("lacks-route");
    expect(codeOf({ version: "0.24.0" }, "/v1/audio/transcriptions")).toBeUndefined();
    expect(codeOf({ version: "0.33.0" }, "/v1/images/generations")).toBe("lacks-route");
  });

  it("keeps everybody whom translation reaches, and whoever is asked for something else", () => {
    expect(codeOf({ version: "0.1.10" }, "/v1/messages")).toBeUndefined();
    expect(codeOf({ kind: "openai-compatible", version: "" }, "/api/chat")).toBeUndefined();
    expect(codeOf({ version: "0.1.10" }, undefined)).toBeUndefined();
  });

  it("says why", () => {
    expect(lacksRoute.explain({ code: "lacks-route", facts: {} })).toContain("does not offer this route");
  });
});
