import fc from "fast-check";
import { expect, test } from "vitest";
import { type Category, categories } from "./catalogue/catalogue.ts";
import { outlookOf } from "./node-outlook.ts";
import { type PlannedModel, planNode } from "./plan-node.ts";
import { type EntryWish, makeCatalogue, makeFacts, makeNode, type NodeWish } from "./testing/make-facts.ts";

const ORDER: readonly Category[] = ["general", "coding", "reasoning", "vision", "fast-chat", "embedding"];

const entryWish = (index: number): fc.Arbitrary<EntryWish> =>
  fc
    .record({
      size_bytes: fc.integer({ min: 1e8, max: 8e10 }),
      params_b: fc.double({ min: 1, max: 200, noNaN: true }),
      sparsity: fc.constantFrom(1, 0.1),
      category: fc.constantFrom(...categories),
      secondary_categories: fc.uniqueArray(fc.constantFrom(...categories), { maxLength: 2 }),
      benchmarks: fc.record(
        { mmlu_pro: fc.integer({ min: 0, max: 100 }), gpqa_diamond: fc.integer({ min: 0, max: 100 }) },
        { requiredKeys: [] },
      ),
    })
    .map(({ sparsity, ...entry }) => ({
      ...entry,
      ollama_name: `model${index}:latest`,
      active_params_b: entry.params_b * sparsity,
    }));

const catalogueOf = fc
  .integer({ min: 1, max: 14 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => entryWish(index))))
  .map((wishes) => makeCatalogue(wishes));

const ownModels = fc
  .uniqueArray(fc.integer({ min: 0, max: 14 }), { maxLength: 4 })
  .map((ids) => ids.map((id) => ({ name: `model${id}:latest`, sizeGb: 1 + id * 3, isLoaded: id % 2 === 0 })));

const situation = fc.record({
  catalogue: catalogueOf,
  models: ownModels,
  ramGb: fc.integer({ min: 4, max: 256 }),
  moreGb: fc.integer({ min: 0, max: 256 }),
  bandwidth: fc.constantFrom(undefined, 50, 400, 1000),
  diskFreeGb: fc.constantFrom(undefined, 0, 30, 80, 900),
});

type Situation = typeof situation extends fc.Arbitrary<infer Value> ? Value : never;

function planOf(
  given: Situation,
  wish: NodeWish,
): { facts: ReturnType<typeof makeFacts>; plan: readonly PlannedModel[] } {
  const node = makeNode({ models: given.models, bandwidth: given.bandwidth, ...wish });
  const used = given.models.slice(0, 2).map(({ name }, index) => ({ model: name, requests7d: 5 + index }));
  const facts = makeFacts({ catalogue: given.catalogue, nodes: [node], diskFreeGb: given.diskFreeGb, used });
  return {
    facts,
    plan: planNode(outlookOf(node, facts), { categories: ORDER, isAsked: () => false, copiesOf: () => 0 }, facts),
  };
}

const memoryOf = (planned: PlannedModel): number =>
  planned.kind === "kept" ? planned.own.memoryBytes : planned.fit.memoryBytes;
const downloadOf = (planned: PlannedModel): number => (planned.kind === "kept" ? 0 : planned.fit.downloadBytes);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

test("a plan never takes more memory or disk than there is", () => {
  fc.assert(
    fc.property(situation, (given) => {
      const { facts, plan } = planOf(given, { ramGb: given.ramGb });
      const [node] = facts.fleet.nodes;
      if (node === undefined) throw new Error("no node");
      const { hardware, downloadable = Number.POSITIVE_INFINITY } = outlookOf(node, facts);
      expect(sum(plan.map(memoryOf))).toBeLessThanOrEqual(hardware.usableBytes);
      expect(sum(plan.map(downloadOf))).toBeLessThanOrEqual(downloadable);
    }),
  );
});

test("a model that is there is never to be downloaded, and none is planned twice", () => {
  fc.assert(
    fc.property(situation, (given) => {
      const { plan } = planOf(given, { ramGb: given.ramGb });
      const names = plan.map((one) => (one.kind === "kept" ? one.own.model.name : one.fit.entry.ollama_name));
      expect(new Set(names).size).toBe(names.length);
      const there = new Set(given.models.map(({ name }) => name));
      for (const one of plan)
        if (downloadOf(one) > 0) expect(there.has(one.kind === "chosen" ? one.fit.entry.ollama_name : "")).toBe(false);
    }),
  );
});

/** Kept models by name, then the points of each choice: what a plan is worth, the most important first. */
function worthOf(plan: readonly PlannedModel[], own: readonly string[]): readonly number[] {
  const kept = own.map((name) => (plan.some((one) => one.kind === "kept" && one.own.model.name === name) ? 1 : 0));
  const points = ORDER.map((category) => {
    const chosen = plan.find((one) => one.kind === "chosen" && one.category === category);
    return chosen?.kind === "chosen" ? chosen.points : undefined;
  });
  return [...kept, ...points.map((value) => value ?? Number.NEGATIVE_INFINITY)];
}

test("with more memory the first thing that differs in a plan is better, not worse", () => {
  fc.assert(
    fc.property(situation, (given) => {
      const own = given.models
        .slice(0, 2)
        .map(({ name }) => name)
        .toReversed();
      const small = worthOf(planOf(given, { ramGb: given.ramGb }).plan, own);
      const large = worthOf(planOf(given, { ramGb: given.ramGb + given.moreGb }).plan, own);
      const at = small.findIndex((value, index) => value !== large[index]);
      if (at >= 0) expect(large[at]).toBeGreaterThan(small[at] ?? 0);
    }),
    { numRuns: 300 },
  );
});

test("the same facts give the same plan", () => {
  fc.assert(
    fc.property(situation, (given) => {
      expect(planOf(given, { ramGb: given.ramGb }).plan).toEqual(planOf(given, { ramGb: given.ramGb }).plan);
    }),
    { numRuns: 30 },
  );
});

const plain = { params_b: 8, active_params_b: 8, size_bytes: 5e9 };

test("a model without any number never goes before an equal one with numbers", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 100 }),
      fc.constantFrom("mmlu_pro" as const, "gpqa_diamond" as const, "mmlu" as const),
      (value, name) => {
        const catalogue = makeCatalogue([
          { ollama_name: "a-silent:latest", ...plain },
          { ollama_name: "b-told:latest", ...plain, benchmarks: { [name]: value } },
          { ollama_name: "c-other:latest", ...plain, category: "coding", benchmarks: { [name]: 50 } },
        ]);
        const facts = makeFacts({ catalogue });
        const node = makeNode();
        const [first] = planNode(
          outlookOf(node, facts),
          { categories: ["general"], isAsked: () => false, copiesOf: () => 0 },
          facts,
        );
        expect(first?.kind === "chosen" && first.fit.entry.ollama_name).toBe("b-told:latest");
      },
    ),
  );
});

test("a licence that is not known, or forbids commercial use, never goes before an equal free one", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100 }), fc.constantFrom(undefined, "CC-BY-NC-4.0"), (value, licence) => {
      const catalogue = makeCatalogue([
        { ollama_name: "a-bound:latest", ...plain, benchmarks: { mmlu_pro: value }, licence },
        { ollama_name: "b-free:latest", ...plain, benchmarks: { mmlu_pro: value }, licence: "MIT" },
      ]);
      const facts = makeFacts({ catalogue });
      const wish = { categories: ["general"] as const, isAsked: () => false, copiesOf: () => 0 };
      const [first] = planNode(outlookOf(makeNode(), facts), wish, facts);
      expect(first?.kind === "chosen" && first.fit.entry.ollama_name).toBe("b-free:latest");
    }),
  );
});

test("alternatives stay in their category: nothing is chosen where nothing of the kind fits", () => {
  const catalogue = makeCatalogue([
    { ollama_name: "coder:latest", category: "coding", size_bytes: 90e9, benchmarks: { humaneval: 99 } },
    { ollama_name: "chat:latest", category: "general", benchmarks: { mmlu_pro: 99 } },
  ]);
  const facts = makeFacts({ catalogue });
  expect(
    planNode(outlookOf(makeNode(), facts), { categories: ["coding"], isAsked: () => false, copiesOf: () => 0 }, facts),
  ).toEqual([]);
});

test("where the Ollama does not answer nothing is planned to be downloaded", () => {
  const facts = makeFacts({ catalogue: makeCatalogue([{ ollama_name: "chat:latest" }]) });
  const node = makeNode({ isReachable: false });
  expect(
    planNode(outlookOf(node, facts), { categories: ["general"], isAsked: () => false, copiesOf: () => 0 }, facts),
  ).toEqual([]);
});

test("a model that would crawl gives way to a fast one that is a little worse", () => {
  const catalogue = makeCatalogue([
    { ollama_name: "heavy:latest", size_bytes: 40e9, params_b: 70, active_params_b: 70, benchmarks: { mmlu_pro: 70 } },
    { ollama_name: "light:latest", benchmarks: { mmlu_pro: 60 } },
    { ollama_name: "other:latest", category: "coding", benchmarks: { gpqa_diamond: 1, mmlu: 1 } },
  ]);
  const facts = makeFacts({ catalogue });
  const chosenAt = (bandwidth: number): string | undefined => {
    const outlook = outlookOf(makeNode({ bandwidth, ramGb: 128 }), facts);
    const [first] = planNode(outlook, { categories: ["general"], isAsked: () => false, copiesOf: () => 0 }, facts);
    return first?.kind === "chosen" ? first.fit.entry.ollama_name : undefined;
  };
  expect(chosenAt(100)).toBe("light:latest");
  expect(chosenAt(1000)).toBe("heavy:latest");
});

test("models of the cloud are never planned", () => {
  const catalogue = makeCatalogue([{ ollama_name: "giant:671b-cloud", benchmarks: { mmlu_pro: 99 } }]);
  const facts = makeFacts({ catalogue });
  expect(
    planNode(outlookOf(makeNode(), facts), { categories: ["general"], isAsked: () => false, copiesOf: () => 0 }, facts),
  ).toEqual([]);
});
