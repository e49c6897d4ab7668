import { tokens } from "@herd/shared";
import { describe, expect, it } from "vitest";
import type { RequestFacts } from "../../domain/request.ts";
import { type CandidateWishes, makeCandidate, makeLoaded, makeRequest, makeView } from "../testing/make-view.ts";
import { contextFit } from "./context-fit.ts";

const read = (wishes: CandidateWishes, request: Partial<RequestFacts> = {}) => {
  const candidate = makeCandidate("a", { learned: { outputTokens: 200 }, ...wishes });
  return contextFit.measure(candidate, makeView([candidate], { request: makeRequest(request) }));
};
const withContext = (contextLength: number): CandidateWishes => ({ model: { loaded: makeLoaded({ contextLength }) } });
const prompt = (count: number): Partial<RequestFacts> => ({ promptTokens: tokens(count) });

describe("context_fit", () => {
  it("is a strong minus when the context is too small for prompt and expected output", () => {
    expect(read(withContext(4096), prompt(6000)).score).toBe(-1);
    expect(read(withContext(4096), prompt(3896)).score).toBeLessThan(-0.3);
  });

  it("rises over the range in which the estimate is unsure, and is 0 where the context is surely enough", () => {
    const scores = [5000, 4500, 4000, 3500, 3076].map((count) => read(withContext(4096), prompt(count)).score);
    expect(scores).toEqual(scores.toSorted((a, b) => a - b));
    expect(scores.at(-1)).toBe(0);
    expect(read(withContext(32_768), prompt(4000)).score).toBe(0);
  });

  it("takes a little away for every doubling of needless excess", () => {
    expect(read(withContext(32_768), prompt(824)).score).toBeCloseTo(-0.08);
    expect(read(withContext(262_144), prompt(824)).score).toBeCloseTo(-0.2);
  });

  it("expects no more output than the client allows", () => {
    expect(read(withContext(4096), { ...prompt(3200), outputLimit: 10 }).facts["needed_tokens"]).toBe(3210);
    expect(read(withContext(4096), { ...prompt(3200), outputLimit: 100_000 }).facts["needed_tokens"]).toBe(3400);
    expect(read(withContext(4096), { ...prompt(3200), outputLimit: -1 }).facts["needed_tokens"]).toBe(3400);
  });

  it("is a strong minus when the request asks for more than is loaded, as far as the model was trained for it", () => {
    expect(read(withContext(8192), { numCtx: 16_384 }).score).toBe(-1);
    expect(read({ model: { loaded: makeLoaded(), contextMax: 8192 } }, { numCtx: 16_384 }).score).toBe(0);
  });

  it("does not call a context excessive that was asked for", () => {
    expect(read(withContext(32_768), prompt(100)).score).toBeLessThan(0);
    expect(read(withContext(32_768), { ...prompt(100), numCtx: 32_768 }).score).toBe(0);
  });

  it("is neutral for a model that is not loaded or does not tell its context", () => {
    expect(read({}, prompt(100_000)).score).toBe(0);
    expect(read(withContext(0), prompt(100_000)).score).toBe(0);
  });

  it("takes all the context an engine offers that has its one model always loaded", () => {
    const otherServer: CandidateWishes = { backend: { kind: "openai-compatible" }, model: { contextMax: 4096 } };
    expect(read(otherServer, prompt(8000)).score).toBe(-1);
  });

  it("says it in words", () => {
    const words = (wishes: CandidateWishes, request: Partial<RequestFacts>) =>
      contextFit.explain(read(wishes, request));
    expect(words(withContext(8192), prompt(1000))).toBe(
      "Loaded with 8,192 tokens of context, about 1,200 tokens needed",
    );
    expect(words(withContext(4096), prompt(7800))).toBe(
      "Loaded with 4,096 tokens of context, about 8,000 tokens needed: too small",
    );
    expect(words(withContext(262_144), prompt(100))).toMatch(/: far more than needed$/);
    expect(words(withContext(8192), { numCtx: 16_384 })).toBe(
      "Loaded with 8,192 tokens of context; the request asks for 16,384 tokens",
    );
    expect(words({}, prompt(100))).toBe("The context it would be loaded with is not known");
  });
});
