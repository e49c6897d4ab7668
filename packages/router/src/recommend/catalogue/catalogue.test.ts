import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { modelKeyOf } from "../../domain/model-name.ts";
import { type Catalogue, type CatalogueModel, readCatalogue } from "./catalogue.ts";

const content = JSON.parse(readFileSync(new URL("../../../catalogue/models.json", import.meta.url), "utf8")) as Record<
  string,
  unknown
>;

function shipped(): Catalogue {
  const reading = readCatalogue(content);
  if (reading.kind === "refused") throw new Error(reading.reason);
  return reading.catalogue;
}

test("the list that this version brings is whole and dated", () => {
  const { date, models, sources } = shipped();
  expect(models.length).toBeGreaterThan(120);
  expect(Date.parse(date)).toBeGreaterThan(Date.parse("2026-07-01"));
  const used = new Set(models.flatMap((model) => Object.values(model.sources)));
  expect([...used].toSorted()).toEqual(Object.keys(sources).toSorted());
});

test("sizes are plausible for the parameters: between two bits and a little over sixteen for each", () => {
  for (const { ollama_name, size_bytes, params_b } of shipped().models) {
    const bytesPerParameter = size_bytes / (params_b * 1e9);
    expect(bytesPerParameter, ollama_name).toBeGreaterThan(0.25);
    expect(bytesPerParameter, ollama_name).toBeLessThan(2.5);
  }
});

test("contexts and active parameters are plausible", () => {
  for (const { ollama_name, context_length, params_b, active_params_b } of shipped().models) {
    expect(context_length, ollama_name).toBeGreaterThanOrEqual(512);
    expect(active_params_b, ollama_name).toBeLessThanOrEqual(params_b);
  }
});

test("names that the library does not have are not in it", () => {
  const names = new Set(shipped().models.flatMap(({ ollama_name, aliases }) => [ollama_name, ...aliases]));
  for (const missing of ["phi-3:mini", "phi-4:14b", "deepseek-v3:7b", "deepseek-v3:32b"])
    expect(names).not.toContain(missing);
});

test("current models are in it, each with its kind", () => {
  const find = (name: string): CatalogueModel | undefined =>
    shipped().models.find(({ ollama_name, aliases }) => [ollama_name, ...aliases].includes(name));
  const wanted = ["qwen3:8b", "qwen3.6:35b", "gemma4:31b", "gpt-oss:120b", "llama4:16x17b", "mistral-small3.2:24b"];
  for (const name of [...wanted, "granite4.1:8b", "smollm2:1.7b", "deepseek-r1:8b", "phi4:14b"])
    expect(find(name), name).toBeDefined();
  expect(find("qwen3-coder:30b")).toMatchObject({ category: "coding" });
  expect(find("qwen2.5vl:7b")).toMatchObject({ category: "vision" });
  for (const name of ["nomic-embed-text:latest", "bge-m3:567m", "embeddinggemma:300m", "all-minilm:22m"])
    expect(find(name), name).toMatchObject({ category: "embedding", capabilities: ["embedding"] });
});

test("embedding is a category of its own", () => {
  for (const { ollama_name, category, secondary_categories, capabilities } of shipped().models) {
    expect(capabilities.includes("embedding"), ollama_name).toBe(category === "embedding");
    expect(secondary_categories, ollama_name).not.toContain("embedding");
    if (category === "vision") expect(capabilities, ollama_name).toContain("vision");
  }
});

test("two names never share a download", () => {
  const digests = shipped().models.map(({ digest_prefix }) => digest_prefix);
  expect(new Set(digests).size).toBe(digests.length);
});

const first = (content["models"] as readonly object[])[0] as CatalogueModel;
const withModels = (...models: readonly object[]): unknown => ({ ...content, models });

test.each([
  ["no object", 3],
  ["an older format", { ...content, format: 0 }],
  ["no models", withModels()],
  ["a name without a tag", withModels({ ...first, ollama_name: "qwen3" })],
  ["a name that Ollama refuses", withModels({ ...first, ollama_name: "a b:c" })],
  ["the same name twice", withModels(first, { ...first, ollama_name: first.ollama_name.toUpperCase() })],
  ["a source that is not listed", withModels({ ...first, sources: { size: "hearsay" } })],
  ["a size of unknown origin", withModels({ ...first, sources: {} })],
  ["numbers of unknown origin", withModels({ ...first, sources: { size: "library" }, licence: undefined })],
  ["a benchmark that nobody knows", withModels({ ...first, benchmarks: { vibes: 99 } })],
  ["a number above 100", withModels({ ...first, benchmarks: { mmlu: 101 } })],
  ["a field that nobody knows", withModels({ ...first, price: 1 })],
])("a file with %s is refused whole, with the place", (_what, file) => {
  const reading = readCatalogue(file);
  expect(reading.kind).toBe("refused");
  expect(reading.kind === "refused" && reading.reason.length).toBeGreaterThan(5);
});

test("every name is one that Ollama accepts", () => {
  for (const { ollama_name } of shipped().models) expect(modelKeyOf(ollama_name), ollama_name).toBeDefined();
});
