import { assembleModel, type LibraryModel } from "../models/library.ts";
import { type Layer, layersOf } from "../models/model-layers.ts";
import { fullName, type ModelName, shortName } from "../models/model-name.ts";
import { capabilitiesByTemplate, templateOf } from "../models/model-texts.ts";
import type { ModelParameters, SimulatedModel } from "../options.ts";
import { type BaseModel, type BaseWish, findAdapters, findBase } from "./base-model.ts";
import { blobPath, factsOf } from "./blobs.ts";
import { failed, type ProgressStep, progress } from "./progress.ts";
import { quantize } from "./quantize.ts";
import type { Storage } from "./storage.ts";

/** What to create for whom. Empty texts count as not given. */
export interface CreateWish extends BaseWish {
  readonly name: ModelName;
  readonly quantize: string;
  /** Digests by file name. */
  readonly adapters: ReadonlyMap<string, string> | undefined;
  readonly template: string;
  readonly system: string;
  readonly licenses: readonly string[] | undefined;
  readonly parameters: ModelParameters;
  readonly messages: SimulatedModel["messages"];
}

/** Creates a model out of another one or of uploaded files. It is listed from the last record on. */
export async function* createModel(wish: CreateWish, storage: Storage): AsyncGenerator<ProgressStep, void> {
  const found = yield* findBase(wish, storage);
  if (found === undefined) return;
  const type = { type: wish.quantize, signal: wish.signal, pace: storage.pace, diskSpeed: storage.diskSpeed };
  const base = yield* quantize(found, type);
  if (base === undefined) return;
  const adapters = yield* findAdapters(wish.adapters, storage);
  if (adapters === undefined) return;
  if (isBroken(wish.template)) return yield failed("template error: template: :1: unclosed action", 400);
  const model = withAdapters(describeCreated(wish, base), base.inherited, adapters);
  const layers = markInherited(layersOf(model, base.weights), base.inherited);
  if (!(yield* writeLayers(layers, model, storage))) return;
  const replaced = storage.library.find(fullName(wish.name));
  storage.library.put(assembleModel(model, layers, storage.pace.now()));
  if (replaced !== undefined) storage.blobs.removeUnused(replaced.layers, storage.library);
  yield progress("success");
}

/** What is given goes before what the base has. */
function describeCreated(wish: CreateWish, { facts, inherited }: BaseModel): SimulatedModel {
  const { template, system, licenses, messages, parentModel } = inheritedTexts(wish, inherited);
  const base = { ...facts, name: shortName(wish.name), sizeBytes: 0 };
  const capabilities =
    wish.template === "" ? facts.capabilities : capabilitiesByTemplate(facts.capabilities, wish.template);
  return {
    ...base,
    capabilities,
    template: template ?? templateOf(base),
    parameters: { ...inherited?.parameters, ...wish.parameters },
    ...(system === undefined ? {} : { system }),
    ...(licenses === undefined ? {} : { licenses }),
    ...(messages === undefined ? {} : { messages }),
    ...(parentModel === undefined ? {} : { parentModel }),
  };
}

/** Adapters add up. */
function withAdapters(
  model: SimulatedModel,
  inherited: LibraryModel | undefined,
  added: NonNullable<SimulatedModel["adapters"]>,
): SimulatedModel {
  const adapters = [...(inherited?.adapters ?? []), ...added];
  return adapters.length === 0 ? model : { ...model, adapters };
}

function inheritedTexts(wish: CreateWish, inherited: LibraryModel | undefined) {
  return {
    template: wish.template || inherited?.template,
    system: wish.system || inherited?.system,
    licenses: wish.licenses ?? inherited?.licenses,
    messages: wish.messages ?? inherited?.messages,
    parentModel: inherited?.name,
  };
}

/** Layers that the base has too say so; parameters are always written anew. */
function markInherited(layers: readonly Layer[], inherited: LibraryModel | undefined): readonly Layer[] {
  if (inherited === undefined) return layers;
  const own = new Set(inherited.layers.filter(({ kind }) => !writtenAnew.has(kind)).map(({ digest }) => digest));
  return layers.map((layer) => (own.has(layer.digest) ? { ...layer, from: inherited.name } : layer));
}

const writtenAnew: ReadonlySet<string> = new Set(["params", "config"]);

/** True when all of them are on the disk. */
async function* writeLayers(
  layers: readonly Layer[],
  model: SimulatedModel,
  { blobs }: Storage,
): AsyncGenerator<ProgressStep, boolean> {
  for (const { kind, digest, sizeBytes } of layers) {
    const isThere = blobs.find(digest) !== undefined;
    const weights = kind === "model" ? factsOf(model) : undefined;
    if (!blobs.write(digest, { sizeBytes, weights })) {
      yield failed(`write ${blobPath(digest)}: no space left on device`);
      return false;
    }
    if (kind !== "config") yield progress(`${isThere ? "using existing" : "creating new"} layer sha256:${digest}`);
  }
  yield progress("writing manifest");
  return true;
}

/** Actions that are opened and not closed, the mistake that a template shows most. */
function isBroken(template: string): boolean {
  return template.split("{{").length !== template.split("}}").length;
}
