import { z } from "zod";
import { modelKeyOf } from "../../domain/model-name.ts";

/** What a model is best for. A text embedding model serves nothing else. */
export const categories = ["general", "coding", "reasoning", "vision", "creative", "fast-chat", "embedding"] as const;
export type Category = (typeof categories)[number];

/** Benchmarks that numbers are kept of, 0–100 each, more is better. Numbers of different ones are never compared. */
export const benchmarkNames = [
  "mmlu",
  "mmlu_pro",
  "gpqa_diamond",
  "humaneval",
  "livecodebench_v6",
  "swe_bench_verified",
  "mmmu",
  "mmmu_pro",
  "mteb_multilingual",
  "mteb_english_v1",
] as const;
export type BenchmarkName = (typeof benchmarkNames)[number];

const day = z.iso.date();
const sourceKey = z.string().min(1).max(64);
const modelName = z
  .string()
  .max(200)
  .refine((name) => name.includes(":") && modelKeyOf(name) !== undefined, "is no model name with a tag");

/** Parts of an entry whose origin is told. */
const fieldNames = ["size", "context", "capabilities", "params", "licence", "benchmarks", "cache"] as const;

const catalogueModel = z.strictObject({
  ollama_name: modelName.describe("Name with its tag, as it is pulled"),
  aliases: z.array(modelName).default([]).describe("Further names of the same download"),
  display_name: z.string().min(1).max(100),
  family: z.string().min(1).max(100),
  params_b: z.number().positive().describe("Parameters, 10^9"),
  active_params_b: z.number().positive().describe("Parameters that compute one token, 10^9"),
  size_bytes: z.int().positive().describe("Whole download"),
  digest_prefix: z
    .string()
    .regex(/^[0-9a-f]{12}$/)
    .optional()
    .describe("First digits of the digest, as `ollama list` shows it"),
  context_length: z.int().positive().describe("Longest context, tokens"),
  cache_bytes_per_token: z
    .int()
    .positive()
    .optional()
    .describe("Memory that each token of context takes at 16 bits: layers × key-value heads × head size × 4"),
  licence: z.string().min(1).max(100).optional(),
  category: z.enum(categories),
  secondary_categories: z.array(z.enum(categories)).default([]),
  capabilities: z.array(z.enum(["tools", "vision", "thinking", "embedding", "audio"])).default([]),
  benchmarks: z.partialRecord(z.enum(benchmarkNames), z.number().min(0).max(100)).default({}),
  sources: z
    .partialRecord(z.enum([...fieldNames, ...benchmarkNames]), sourceKey.describe("Key of the file's list of sources"))
    .describe("Where each field comes from; a benchmark that is not named by itself comes from that of all"),
  checked: z
    .partialRecord(z.enum([...fieldNames, ...benchmarkNames]), sourceKey)
    .optional()
    .describe("A second publication in which the same value was found"),
  notes: z.string().max(300).optional(),
});

const catalogue = z.strictObject({
  format: z.literal(1),
  date: day.describe("Day of the newest look at the library"),
  about: z.string(),
  sources: z.record(sourceKey, z.strictObject({ title: z.string(), url: z.url(), date: day })),
  models: z.array(catalogueModel).min(1).max(5000),
});

/** One model that may be recommended. */
export type CatalogueModel = z.output<typeof catalogueModel>;

/** All of them, with where each number comes from. */
export type Catalogue = z.output<typeof catalogue>;

/** What reading a file of models gave. */
export type CatalogueReading =
  | { readonly kind: "read"; readonly catalogue: Catalogue }
  | { readonly kind: "refused"; readonly reason: string };

/** Reads the content of a file of models; it is taken whole or not at all. */
export function readCatalogue(content: unknown): CatalogueReading {
  const result = catalogue.safeParse(content);
  if (!result.success) {
    const [issue] = result.error.issues;
    return { kind: "refused", reason: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "cannot be read"}` };
  }
  const reason = contradictionIn(result.data);
  return reason === undefined ? { kind: "read", catalogue: result.data } : { kind: "refused", reason };
}

/** What a schema cannot tell: names that are there twice, sources that are not listed. */
function contradictionIn({ models, sources }: Catalogue): string | undefined {
  const seen = new Set<string>();
  for (const model of models) {
    const twice = [model.ollama_name, ...model.aliases].find((name) => !isNew(seen, modelKeyOf(name) ?? name));
    if (twice !== undefined) return `${twice} is there twice`;
    const named = [...Object.values(model.sources), ...Object.values(model.checked ?? {})];
    const unknown = named.find((key) => !Object.hasOwn(sources, key));
    if (unknown !== undefined) return `${model.ollama_name} names the source ${unknown}, which is not listed`;
    const problem = missingSource(model);
    if (problem !== undefined) return `${model.ollama_name}: nothing tells where its ${problem} comes from`;
  }
  return undefined;
}

const isNew = (seen: Set<string>, key: string): boolean => !seen.has(key) && seen.add(key).has(key);

function missingSource({ sources, licence, benchmarks, cache_bytes_per_token }: CatalogueModel): string | undefined {
  if (sources.size === undefined) return "size";
  if (licence !== undefined && sources.licence === undefined) return "licence";
  if (cache_bytes_per_token !== undefined && sources.cache === undefined) return "memory for context";
  const untold = benchmarkNames.find((name) => benchmarks[name] !== undefined && sources[name] === undefined);
  return untold !== undefined && sources.benchmarks === undefined ? "benchmark numbers" : undefined;
}
