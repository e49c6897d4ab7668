import { type BenchmarkName, benchmarkNames, type Catalogue, type CatalogueModel, type Category } from "./catalogue.ts";

/** How good a model is at something. */
export interface Quality {
  /** 0–100. */
  readonly score: number;
  /** Share of the benchmarks that matter for it, by weight, that are known, 0–1. */
  readonly known: number;
}

export type QualityOf = (model: CatalogueModel, category: Category) => Quality;

type Weights = Readonly<Partial<Record<BenchmarkName, number>>>;

/** Which benchmarks speak for a category, weights adding up to 1. Our own choice: what each of them asks for. */
const WEIGHTS: Readonly<Record<Category, Weights>> = {
  general: { mmlu_pro: 0.55, gpqa_diamond: 0.35, mmlu: 0.1 },
  reasoning: { gpqa_diamond: 0.6, mmlu_pro: 0.4 },
  coding: { swe_bench_verified: 0.5, livecodebench_v6: 0.35, humaneval: 0.15 },
  vision: { mmmu: 0.6, mmmu_pro: 0.4 },
  creative: { mmlu_pro: 0.6, mmlu: 0.4 },
  "fast-chat": { mmlu_pro: 0.65, gpqa_diamond: 0.2, mmlu: 0.15 },
  embedding: { mteb_multilingual: 0.85, mteb_english_v1: 0.15 },
};

/**
 * Builds the measure of quality. A number that is not known counts as the lowest known one of its benchmark: nothing known
 * never ranks before a number, and one good number not before several.
 */
export function createQuality({ models }: Pick<Catalogue, "models">): QualityOf {
  const lowest = new Map(
    benchmarkNames.map((name) => [name, Math.min(100, ...models.flatMap((model) => model.benchmarks[name] ?? []))]),
  );
  return (model, category) => {
    let [score, known] = [0, 0];
    for (const [name, weight] of Object.entries(WEIGHTS[category]) as [BenchmarkName, number][]) {
      const value = model.benchmarks[name];
      score += weight * (value ?? lowest.get(name) ?? 0);
      known += value === undefined ? 0 : weight;
    }
    return { score, known };
  };
}
