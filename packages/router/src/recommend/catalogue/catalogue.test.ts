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
  const used = new Set(
    models.flatMap(({ sources: told, checked = {} }) => [...Object.values(told), ...Object.values(checked)]),
  );
  expect([...used].toSorted()).toEqual(Object.keys(sources).toSorted());
});

test("sizes are plausible for the parameters: between two bits and a little over sixteen for each", () => {
  for (const { ollama_name, size_bytes, params_b } of shipped().models) {
    const bytesPerParameter = size_bytes / (params_b * 1e9);
    expect(bytesPerParameter, ollama_name).toBeGreaterThan(0.25);
    expect(bytesPerParameter, ollama_name).toBeLessThan(2.5);
  }
});

test("most sizes are those of four to five bits for each parameter: what the library publishes", () => {
  const usual = shipped().models.filter(({ size_bytes, params_b }) => {
    const bits = (size_bytes * 8) / (params_b * 1e9);
    return bits > 4 && bits < 7;
  });
  expect(usual.length / shipped().models.length).toBeGreaterThan(0.7);
});

test("within a family the larger model is the larger download", () => {
  const families = Map.groupBy(shipped().models, ({ family }) => family);
  for (const [family, models] of families) {
    const dense = models.filter((model) => model.active_params_b >= model.params_b * 0.9 && model.params_b >= 3);
    const sorted = dense.toSorted((one, other) => one.params_b - other.params_b);
    for (const [at, { size_bytes, ollama_name }] of sorted.entries())
      expect(size_bytes, `${family} ${ollama_name}`).toBeGreaterThanOrEqual((sorted[at - 1]?.size_bytes ?? 0) * 0.7);
  }
});

test("a number in the name is the number of parameters", () => {
  for (const { ollama_name, params_b } of shipped().models) {
    const [, count, unit] = /:(\d+(?:\.\d+)?)([bm])(?:$|-)/.exec(ollama_name) ?? [];
    if (count === undefined) continue;
    const named = Number(count) / (unit === "m" ? 1000 : 1);
    expect(Math.abs(params_b / named - 1), ollama_name).toBeLessThan(0.7);
  }
});

test("the memory that context takes is plausible: from 4 KiB to 1 MiB for each token", () => {
  const known = shipped().models.flatMap(({ cache_bytes_per_token: bytes = 0 }) => (bytes === 0 ? [] : [bytes]));
  expect(known.length).toBeGreaterThan(60);
  expect(Math.min(...known)).toBeGreaterThanOrEqual(4 * 1024);
  expect(Math.max(...known)).toBeLessThanOrEqual(1024 * 1024);
});

test("no source is from the future of the list's reading, none before the first models", () => {
  for (const [key, { date, url }] of Object.entries(shipped().sources)) {
    expect(Date.parse(date), key).toBeGreaterThan(Date.parse("2023-01-01"));
    expect(Date.parse(date), key).toBeLessThanOrEqual(Date.parse(shipped().date));
    expect(url, key).toMatch(/^https:\/\//);
  }
});

test("licences are of a known list, and most are known", () => {
  const known = shipped().models.flatMap(({ licence }) => licence ?? []);
  expect([...new Set(known)].filter((licence) => !LICENCES.has(licence))).toEqual([]);
  expect(known.length / shipped().models.length).toBeGreaterThan(0.9);
});

const LICENCES = new Set([
  "Apache-2.0",
  "MIT",
  "Modified MIT",
  "CC-BY-NC-4.0",
  "Gemma Terms of Use",
  "Health AI Developer Foundations Terms",
  "Qwen License",
  "Qwen Research License",
  "LFM Open License 1.0",
  "DeepSeek Model License",
  "NVIDIA Open Model License",
  "Mistral Research License",
  "Mistral Non-Production License",
  "Llama 2 Community License",
  "Llama 3.1 Community License",
  "Llama 3.2 Community License",
  "Llama 3.3 Community License",
  "Llama 4 Community License",
]);

test("every size, digest and context was found in a second look, or is from it", () => {
  for (const { ollama_name, sources, checked = {}, digest_prefix } of shipped().models) {
    expect(sources.size === "library" || checked.size === "library-check", ollama_name).toBe(true);
    expect(sources.context === "library" || checked.context === "library-check", ollama_name).toBe(true);
    expect(digest_prefix, ollama_name).toBeDefined();
  }
});

test("there are models for everything: large and small ones, tools, thinking, images, code, search", () => {
  const { models } = shipped();
  const count = (isSo: (model: CatalogueModel) => boolean): number => models.filter(isSo).length;
  for (const category of ["general", "coding", "reasoning", "vision", "fast-chat", "embedding", "creative"])
    expect(
      count((model) => model.category === category),
      category,
    ).toBeGreaterThanOrEqual(3);
  for (const capability of ["tools", "vision", "thinking", "embedding"] as const)
    expect(
      count(({ capabilities }) => capabilities.includes(capability)),
      capability,
    ).toBeGreaterThan(9);
  expect(count(({ size_bytes }) => size_bytes < 1e9)).toBeGreaterThan(9);
  expect(count(({ size_bytes }) => size_bytes > 100e9)).toBeGreaterThan(4);
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
