import { toRfc3339Nano } from "../json/go-time.ts";
import type { ModelParameters, SimulatedModel } from "../options.ts";
import { type Layer, layersOf, manifestDigest, sha256 } from "./model-layers.ts";
import { fullName, type ModelName, modelKey, parseModelName, shortName } from "./model-name.ts";
import { parametersOf, templateOf } from "./model-texts.ts";

/** A model as the node knows it: the description with its names, texts and times worked out. */
export interface LibraryModel extends SimulatedModel {
  /** Lower-case, fully qualified: equal for all spellings of one model. */
  readonly key: string;
  /** `registry.ollama.ai/library/…`, printed by capability errors. */
  readonly fullName: string;
  readonly digest: string;
  readonly weights: string;
  readonly template: string;
  readonly parameters: ModelParameters;
  /** The config comes last. */
  readonly layers: readonly Layer[];
  /** RFC 3339 with nanoseconds. */
  readonly modifiedAt: string;
  /** Seconds since the epoch. */
  readonly modifiedAtSeconds: number;
}

/** The models on the simulated disk. */
export interface Library {
  /** Newest first. */
  readonly models: readonly LibraryModel[];
  /** The model that any spelling of its name means. */
  find(name: string): LibraryModel | undefined;
  /** Puts a model on the disk, in place of one with its name; that one's spelling stays. */
  put(model: LibraryModel): void;
  remove(model: LibraryModel): void;
}

/** Puts the described models on the disk; the first is the newest. `now` is in milliseconds since the epoch. */
export function createLibrary(descriptions: readonly SimulatedModel[], now: number): Library {
  let models = descriptions.map((description, index) => describeModel(description, now - (index + 1) * 61_234.567));
  return {
    get models() {
      return models;
    },
    find(name) {
      const parsed = parseModelName(name);
      if (parsed === undefined) return undefined;
      const key = modelKey(parsed);
      return models.find((model) => model.key === key);
    },
    put(model) {
      const replaced = models.find(({ key }) => key === model.key);
      const { name, fullName: full } = replaced ?? model;
      models = [{ ...model, name, fullName: full }, ...models.filter((other) => other !== replaced)];
    },
    remove(model) {
      models = models.filter(({ key }) => key !== model.key);
    },
  };
}

/**
 * Works out what a description leaves out; the weights are what its size leaves for them. `modifiedAt` is in milliseconds since the
 * epoch. Throws when the name is none.
 */
export function describeModel(model: SimulatedModel, modifiedAt: number): LibraryModel {
  const derived = sha256(`${modelKey(nameOf(model))} ${model.sizeBytes}`);
  const digest = model.digest ?? derived;
  const weights = model.weights ?? digest;
  const others = layersOf(model, { kind: "model", digest: weights, sizeBytes: 0 });
  const rest = others.reduce((total, layer) => total + layer.sizeBytes, 0);
  const file: Layer = { kind: "model", digest: weights, sizeBytes: Math.max(1, model.sizeBytes - rest) };
  return settle({ model, digest, weights, layers: [file, ...others.slice(1)], modifiedAt });
}

/** A model of given layers: its digest is that of their manifest, and its size theirs. */
export function assembleModel(model: SimulatedModel, layers: readonly Layer[], modifiedAt: number): LibraryModel {
  const weights = layers.find(({ kind }) => kind === "model")?.digest ?? "";
  const sizeBytes = layers.reduce((total, layer) => total + layer.sizeBytes, 0);
  return settle({ model: { ...model, sizeBytes }, digest: manifestDigest(layers), weights, layers, modifiedAt });
}

/** The same model under another name. */
export function renameModel(model: LibraryModel, name: ModelName, modifiedAt: number): LibraryModel {
  const { digest, weights, layers } = model;
  return settle({ model: { ...model, name: shortName(name) }, digest, weights, layers, modifiedAt });
}

/** The `details` object that lists, `/api/ps` and `/api/show` share; only `/api/show` knows where a model came from. */
export function modelDetails(model: SimulatedModel, parentModel = ""): object {
  return {
    parent_model: parentModel,
    format: "gguf",
    family: model.family,
    families: [model.family],
    parameter_size: model.parameterSize,
    quantization_level: model.quantization,
  };
}

interface Settled extends Pick<LibraryModel, "digest" | "weights" | "layers"> {
  readonly model: SimulatedModel;
  readonly modifiedAt: number;
}

function settle({ model, modifiedAt, layers, ...rest }: Settled): LibraryModel {
  const name = nameOf(model);
  return {
    ...model,
    ...rest,
    layers,
    name: shortName(name),
    key: modelKey(name),
    fullName: fullName(name),
    template: templateOf(model),
    parameters: parametersOf(model),
    modifiedAt: toRfc3339Nano(modifiedAt),
    modifiedAtSeconds: Math.floor(modifiedAt / 1000),
  };
}

function nameOf(model: SimulatedModel): ModelName {
  const name = parseModelName(model.name);
  if (name === undefined) throw new Error(`not a model name: ${model.name}`);
  return name;
}
