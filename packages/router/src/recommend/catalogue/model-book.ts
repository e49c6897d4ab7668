import type { ModelKey } from "@herd/shared";
import { isCloudKey, modelKeyOf, parseModelName } from "../../domain/model-name.ts";
import type { Capability } from "../../domain/request.ts";
import type { Catalogue, CatalogueModel, Category } from "./catalogue.ts";

/** A model as a node shows it. */
export interface ShownModel {
  readonly name: string;
  readonly digest?: string | undefined;
  readonly capabilities?: readonly Capability[] | undefined;
}

/** The catalogue, ready to be looked things up in. */
export interface ModelBook {
  readonly date: string;
  readonly models: readonly CatalogueModel[];
  /** Exactly this name and tag, or exactly this download; never by family. */
  readonly find: (model: ShownModel) => CatalogueModel | undefined;
  /** What a model is for: what its node says it can do goes before the catalogue, that before words in its name. */
  readonly categoryOf: (model: ShownModel) => Category;
}

/** Builds the book of a catalogue. */
export function createModelBook({ date, models }: Catalogue): ModelBook {
  const byKey = new Map<ModelKey, CatalogueModel>();
  const byDigest = new Map<string, CatalogueModel>();
  for (const model of models) {
    for (const key of keysOf(model)) byKey.set(key, model);
    if (model.digest_prefix !== undefined) byDigest.set(model.digest_prefix, model);
  }
  const find = ({ name, digest }: ShownModel): CatalogueModel | undefined => {
    const key = modelKeyOf(name);
    return (key === undefined ? undefined : byKey.get(key)) ?? byDigest.get(prefixOf(digest));
  };
  return { date, models, find, categoryOf: (model) => categoryOf(model, find(model)) };
}

/** Keys of all names of a model. */
export const keysOf = ({ ollama_name, aliases }: CatalogueModel): readonly ModelKey[] =>
  [ollama_name, ...aliases].flatMap((name) => modelKeyOf(name) ?? []);

/** Whether it can be pulled at all: models of the cloud have nothing to download. */
export const isPullable = (model: CatalogueModel): boolean => keysOf(model).every((key) => !isCloudKey(key));

/** Digests come with and without `sha256:`; an empty one fits nothing. */
const prefixOf = (digest: string | undefined): string =>
  (digest ?? "")
    .replace(/^sha256[:-]/, "")
    .toLowerCase()
    .slice(0, 12) || "-";

function categoryOf({ name, capabilities = [] }: ShownModel, known: CatalogueModel | undefined): Category {
  if (capabilities.includes("embedding")) return "embedding";
  if (known !== undefined) return known.category;
  if (capabilities.includes("vision")) return "vision";
  const parsed = parseModelName(name);
  const model = parsed.kind === "name" ? parsed.model.toLowerCase() : "";
  return WORDS.find(([pattern]) => pattern.test(model))?.[1] ?? "general";
}

/** Words that publishers put into names. */
const WORDS: readonly (readonly [RegExp, Category])[] = [
  [/embed|minilm|\bbge\b|arctic/, "embedding"],
  [/code|coder|codestral|devstral/, "coding"],
  [/vision|llava|-vl|[0-9]vl|ocr/, "vision"],
  [/reason|think|-r1|qwq|magistral/, "reasoning"],
];
