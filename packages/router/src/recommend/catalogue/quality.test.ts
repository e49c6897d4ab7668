import fc from "fast-check";
import { expect, test } from "vitest";
import { makeCatalogue } from "../testing/make-facts.ts";
import { benchmarkNames, categories } from "./catalogue.ts";
import { createQuality } from "./quality.ts";

const numbers = fc.dictionary(fc.constantFrom(...benchmarkNames), fc.integer({ min: 0, max: 100 }));

test("knowing one number more never makes a model worse", () => {
  fc.assert(
    fc.property(
      numbers,
      fc.constantFrom(...benchmarkNames),
      fc.constantFrom(...categories),
      (benchmarks, name, category) => {
        const { [name]: _left, ...fewer } = benchmarks;
        const catalogue = makeCatalogue([
          { ollama_name: "more:latest", benchmarks: { ...benchmarks, [name]: benchmarks[name] ?? 0 } },
          { ollama_name: "fewer:latest", benchmarks: fewer },
          { ollama_name: "other:latest", benchmarks: { mmlu: 50 } },
        ]);
        const [more, less] = catalogue.models;
        if (more === undefined || less === undefined) throw new Error("no models");
        const qualityOf = createQuality(catalogue);
        expect(qualityOf(more, category).score).toBeGreaterThanOrEqual(qualityOf(less, category).score - 1e-9);
        expect(qualityOf(more, category).known).toBeGreaterThanOrEqual(qualityOf(less, category).known);
      },
    ),
  );
});

test("one brilliant number does not beat several good ones", () => {
  const catalogue = makeCatalogue([
    { ollama_name: "one:latest", benchmarks: { mmlu: 95 } },
    { ollama_name: "several:latest", benchmarks: { mmlu: 80, mmlu_pro: 70, gpqa_diamond: 60 } },
    { ollama_name: "poor:latest", benchmarks: { mmlu: 30, mmlu_pro: 15, gpqa_diamond: 20 } },
  ]);
  const qualityOf = createQuality(catalogue);
  const scores = catalogue.models.map((model) => qualityOf(model, "general").score);
  expect(scores[1]).toBeGreaterThan(scores[0] ?? 100);
});
