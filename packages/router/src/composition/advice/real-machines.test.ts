import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { readCatalogue } from "../../recommend/catalogue/catalogue.ts";
import { createModelBook } from "../../recommend/catalogue/model-book.ts";
import { licenceKind } from "../../recommend/licence.ts";
import { recommend } from "../../recommend/recommend.ts";
import { makeFacts, makeNode } from "../../recommend/testing/make-facts.ts";
import { memoryIn } from "./advice-facts-of.ts";

const reading = readCatalogue(
  JSON.parse(readFileSync(new URL("../../../catalogue/models.json", import.meta.url), "utf8")),
);
if (reading.kind === "refused") throw new Error(reading.reason);
const { catalogue } = reading;
const book = createModelBook(catalogue);

const memoryOf = memoryIn({ holders: new Map() });

interface Machine {
  readonly ram: number;
  readonly chip: string;
  readonly bandwidth?: number;
  readonly cards?: readonly number[];
}

const nodeOf = ({ ram, chip, bandwidth, cards }: Machine): NodeSnapshot => ({
  ...makeNode({ ramGb: ram, bandwidth }),
  chip,
  arch: "any",
  gpus: (cards ?? []).map((vram) => ({ name: "GPU", vram_total_gb: vram })),
});

function planOf(machine: Machine, diskFreeGb = 900) {
  const facts = makeFacts({ catalogue, nodes: [nodeOf(machine)], diskFreeGb });
  const [node] = recommend({ ...facts, memoryOf }).nodes;
  if (node === undefined) throw new Error("no plan");
  const entries = node.recommendations.map((one) => ({ ...one, entry: book.find({ name: one.model }) }));
  return { ...node, entries, first: entries[0] };
}

const RTX_3060 = { ram: 32, chip: "AMD Ryzen 5", bandwidth: 360, cards: [12] };
const RTX_4090 = { ram: 64, chip: "AMD Ryzen 9", bandwidth: 1008, cards: [24] };
const MINI_16 = { ram: 16, chip: "Apple M4", bandwidth: 120, cards: [0] };
const MINI_24 = { ram: 24, chip: "Apple M4", bandwidth: 120, cards: [0] };
const MINI_64 = { ram: 64, chip: "Apple M4 Pro", bandwidth: 273, cards: [0] };
const STUDIO_192 = { ram: 192, chip: "Apple M2 Ultra", bandwidth: 800, cards: [0] };
const STUDIO_512 = { ram: 512, chip: "Apple M3 Ultra", bandwidth: 819, cards: [0] };

/** How many 10^9 parameters the model for everything may have there, and how fast it should be at least, tokens/s. */
const machines: readonly (readonly [name: string, machine: Machine, wanted: readonly [number, number, number]])[] = [
  ["an 8 GB MacBook Air", { ram: 8, chip: "Apple M2", bandwidth: 100, cards: [0] }, [3, 5, 15]],
  ["a 16 GB laptop without graphics", { ram: 15.5, chip: "Intel Core i5-1135G7" }, [3, 5, 8]],
  ["a 16 GB laptop whose graphics share its memory", { ram: 15.5, chip: "Intel Core i5", cards: [0] }, [3, 5, 8]],
  ["a 32 GB laptop with a little memory set aside", { ram: 31, chip: "AMD Ryzen 7", cards: [0.5] }, [4, 36, 8]],
  ["a PC with 8 GB of graphics memory", { ram: 32, chip: "AMD Ryzen 5", bandwidth: 272, cards: [8] }, [4, 9, 30]],
  ["a PC with 12 GB of graphics memory", RTX_3060, [8, 15, 25]],
  ["a PC with 24 GB of graphics memory", RTX_4090, [24, 36, 30]],
  ["a Mac mini with 16 GB", MINI_16, [4, 10, 10]],
  ["a Mac mini with 24 GB", MINI_24, [8, 15, 8]],
  ["a Mac mini with 64 GB", MINI_64, [26, 40, 30]],
  ["a Mac Studio with 192 GB", STUDIO_192, [27, 240, 25]],
  ["a Mac Studio with 512 GB", STUDIO_512, [100, 700, 20]],
  ["a server with two cards", { ram: 128, chip: "Xeon", bandwidth: 936, cards: [24, 24] }, [26, 75, 20]],
  ["a server with eight cards", { ram: 1024, chip: "Xeon", bandwidth: 3350, cards: Array(8).fill(80) }, [100, 700, 50]],
  ["a Raspberry Pi 5", { ram: 7.6, chip: "Cortex-A76" }, [0.5, 4, 4]],
  ["a Raspberry Pi 4 with 4 GB", { ram: 3.7, chip: "BCM2711" }, [0.5, 2, 5]],
];

describe.each(machines)("%s", (_name, machine, [least, most, speed]) => {
  const plan = planOf(machine);

  test("gets a model of its size for everything, quick enough to be used", () => {
    expect(plan.first?.category).toBe("general");
    expect(plan.first?.entry?.params_b).toBeGreaterThanOrEqual(least);
    expect(plan.first?.entry?.params_b).toBeLessThanOrEqual(most);
    expect(plan.first?.expected_tokens_per_s).toBeGreaterThanOrEqual(speed);
  });

  test("gets an embedding model beside it, and all of them fit together", () => {
    expect(plan.entries.filter(({ category }) => category === "embedding")).toHaveLength(1);
    expect(plan.total_recommended_ram_gb).toBeLessThanOrEqual(plan.usable_ram_gb);
  });

  test("gets nothing whose licence is restricted or unknown, without numbers, or that is a dwarf for it", () => {
    for (const { model, licence, benchmarks, quality_score, category } of plan.entries) {
      expect(licenceKind(licence ?? undefined), model).toBe("free");
      expect(Object.keys(benchmarks).length, model).toBeGreaterThan(0);
      if (category !== "general") expect(quality_score, model).toBeGreaterThan(30);
    }
  });

  test("can follow each line and take it back", () => {
    for (const { command, undo, model, already_available } of plan.recommendations) {
      expect(already_available).toBe(false);
      expect(command).toBe(`herd pull ${model} --node n`);
      expect(undo).toBe(`herd rm ${model} --node n`);
    }
  });
});

test("of one family of machines the larger never gets the worse model for everything", () => {
  for (const [chip, bandwidth] of [
    ["Apple M4", 120],
    ["Apple M3 Ultra", 819],
  ] as const) {
    let before = 0;
    for (let ram = 6; ram <= 256; ram += 1) {
      const { first } = planOf({ ram, chip, bandwidth, cards: [0] });
      const points = first?.quality_score ?? 0;
      expect(points, `${ram} GB`).toBeGreaterThanOrEqual(before - 2);
      before = Math.max(before, points);
    }
  }
});

test("with little disk only what fits is planned", () => {
  const { recommendations, disk_available_gb } = planOf(RTX_4090, 60);
  expect(recommendations.reduce((sum, { disk_needed_gb }) => sum + disk_needed_gb, 0)).toBeLessThanOrEqual(10);
  expect(disk_available_gb).toBeGreaterThanOrEqual(50);
});
