import { type AvailableModelFacts, BYTES_PER_GIB, type LoadedModel } from "@herd/shared";
import type { LoadedEntry, ShowReply, StoredEntry } from "./ollama-wire.ts";

/** What only `/api/show` tells of a model; it depends on nothing but the digest. */
export interface ModelTraits {
  readonly capabilities: readonly string[] | undefined;
  /** Context the model was trained for, tokens. */
  readonly contextMax: number | undefined;
}

/** Everything on disk, as a heartbeat shows it. */
export interface Inventory {
  readonly names: readonly string[];
  readonly facts: Readonly<Record<string, AvailableModelFacts>>;
  /** GiB on disk, not rounded, so that whole bytes can be got back. */
  readonly sizes: Readonly<Record<string, number>>;
}

/** An empty disk. */
export const emptyInventory: Inventory = { names: [], facts: {}, sizes: {} };

/** Puts the list on disk and the traits known by digest together. */
export function inventoryOf(
  stored: readonly StoredEntry[],
  traitsOf: (digest: string) => ModelTraits | undefined,
): Inventory {
  return {
    names: stored.map(({ name }) => name),
    facts: Object.fromEntries(stored.map((entry) => [entry.name, factsOf(entry, traitsOf(entry.digest ?? ""))])),
    sizes: Object.fromEntries(stored.map(({ name, size }) => [name, (size ?? 0) / BYTES_PER_GIB])),
  };
}

/** Reads the traits out of `/api/show`; the context stands under the architecture's name. */
export function traitsOfShow({ capabilities, model_info: modelInfo }: ShowReply): ModelTraits {
  const architecture = modelInfo?.["general.architecture"];
  const context = modelInfo?.[`${String(architecture)}.context_length`];
  return { capabilities, contextMax: positiveInteger(context) };
}

/** Whether the list itself tells what `/api/show` would (Ollama 0.30 and later does). */
export function tellsTraits({ capabilities, details }: StoredEntry): boolean {
  return capabilities !== undefined && positiveInteger(details.context_length) !== undefined;
}

/** Turns an entry of `/api/ps` into the wire's form. */
export function loadedModelOf(entry: LoadedEntry): LoadedModel {
  const { name, details, size = 0, size_vram: vram, digest, expires_at: expiresAt } = entry;
  return {
    name,
    size_gb: size / BYTES_PER_GIB,
    requests_active: 0,
    parameter_size: details.parameter_size ?? "",
    quantization: details.quantization_level ?? "",
    context_length: Math.floor(entry.context_length ?? 0),
    ...(vram === undefined ? {} : { size_vram_gb: vram / BYTES_PER_GIB }),
    ...(digest === undefined ? {} : { digest }),
    ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
  };
}

function factsOf(entry: StoredEntry, traits: ModelTraits | undefined): AvailableModelFacts {
  const { details } = entry;
  const capabilities = entry.capabilities ?? traits?.capabilities;
  return withoutAbsent({
    modified_at: entry.modified_at,
    digest: entry.digest,
    format: details.format,
    family: details.family,
    families: details.families,
    parameter_size: details.parameter_size,
    quantization_level: details.quantization_level,
    parent_model: details.parent_model,
    capabilities: capabilities === undefined ? undefined : [...capabilities],
    context_max: positiveInteger(details.context_length) ?? traits?.contextMax,
    remote_host: entry.remote_host,
  });
}

type Absentable<Shape> = { readonly [Name in keyof Shape]: Shape[Name] | undefined };

function withoutAbsent(facts: Absentable<Required<AvailableModelFacts>>): AvailableModelFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

function positiveInteger(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value > 0 ? value : undefined;
}
