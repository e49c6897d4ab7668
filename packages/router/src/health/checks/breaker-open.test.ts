import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { breakerOpen } from "./breaker-open.ts";

describe("the check breaker_open", () => {
  it("finds servers that are given a rest, one finding each", () => {
    const openBreakers = new Map([
      ["ollama", "open"],
      ["openai-8080", "half-open"],
    ] as const);
    expect(foundBy(breakerOpen, { nodes: [{ facts: { openBreakers } }] })).toMatchObject([
      { severity: "warning", subject: "ollama", details: { breaker: "open" } },
      { subject: "openai-8080" },
    ]);
  });

  it("stays silent while all are closed, and for machines that are off", () => {
    expect(foundBy(breakerOpen)).toEqual([]);
    const openBreakers = new Map([["ollama", "open"]] as const);
    expect(foundBy(breakerOpen, { nodes: [{ facts: { openBreakers }, snapshot: { status: "offline" } }] })).toEqual([]);
  });
});
