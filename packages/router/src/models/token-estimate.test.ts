import { modelKey } from "@herd/shared";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTokenEstimate } from "./token-estimate.ts";

const model = modelKey("registry.ollama.ai/library/gemma3:4b");
const text = (characters: number) => ({ characters, images: 0 });

describe("the token estimate", () => {
  it("starts at four characters per token and 600 tokens per image, and is never below 1", () => {
    const { estimate } = createTokenEstimate();
    expect(estimate(model, text(4000))).toBe(1000);
    expect(estimate(model, { ...text(4000), images: 2 })).toBe(2200);
    expect(estimate(model, text(0))).toBe(1);
  });

  it("learns a model's characters per token, and of no other model", () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 8, noNaN: true }), (ratio) => {
        const estimator = createTokenEstimate();
        for (let at = 0; at < 100; at += 1) estimator.learn(model, { ...text(4000), tokens: 4000 / ratio });
        expect(estimator.estimate(model, text(10_000)) / (10_000 / ratio)).toBeCloseTo(1, 1);
        expect(estimator.estimate(modelKey("other"), text(4000))).toBe(1000);
      }),
    );
  });

  it("learns the cost of an image from what the text does not explain", () => {
    const estimator = createTokenEstimate();
    for (let at = 0; at < 100; at += 1) estimator.learn(model, { ...text(400), images: 2, tokens: 100 + 2 * 256 });
    expect(estimator.estimate(model, { ...text(400), images: 1 })).toBeGreaterThan(350);
    expect(estimator.estimate(model, { ...text(400), images: 1 })).toBeLessThan(362);
  });

  it("moves by at most a few per cent for one absurd count", () => {
    const estimator = createTokenEstimate();
    estimator.learn(model, { ...text(4_000_000), tokens: 1 });
    expect(estimator.estimate(model, text(4000))).toBeGreaterThan(900);
    estimator.learn(model, { ...text(4000), tokens: 1e12 });
    expect(estimator.estimate(model, text(4000))).toBeGreaterThan(900);
    expect(estimator.estimate(model, text(4000))).toBeLessThan(1100);
  });

  it("learns nothing from short prompts, missing counts, and images the text alone explains", () => {
    const estimator = createTokenEstimate();
    estimator.learn(model, { ...text(20), tokens: 60 });
    estimator.learn(model, { ...text(4000), tokens: 0 });
    estimator.learn(model, { ...text(4000), tokens: Number.NaN });
    estimator.learn(model, { ...text(4000), images: 1, tokens: 900 });
    expect(estimator.entries()).toEqual([]);
  });

  it("keeps what it learned over a restart, and leaves out what makes no sense", () => {
    const estimator = createTokenEstimate();
    for (let at = 0; at < 20; at += 1) estimator.learn(model, { ...text(4000), tokens: 2000 });
    const stored = JSON.parse(JSON.stringify(estimator.entries()));
    const broken = { modelKey: modelKey("broken"), charactersPerToken: 0, tokensPerImage: 600 };
    const restarted = createTokenEstimate([...stored, broken]);
    expect(restarted.entries()).toEqual(estimator.entries());
    expect(restarted.estimate(model, text(4000))).toBe(estimator.estimate(model, text(4000)));
  });

  it("forgets the least recently learned model beyond a thousand", () => {
    const estimator = createTokenEstimate();
    for (let at = 0; at <= 1000; at += 1) {
      estimator.learn(modelKey(`m${at}`), { characters: 4000, images: 0, tokens: 2000 });
    }
    const kept = estimator.entries().map((entry) => entry.modelKey);
    expect(kept).toHaveLength(1000);
    expect(kept).not.toContain("m0");
  });
});
