import { createHash } from "node:crypto";
import { toRfc3339Nano } from "../json/go-time.ts";
import type { SimulatedModel } from "../options.ts";
import { fullName, modelKey, parseModelName, shortName } from "./model-name.ts";

/** A model as the node knows it: the description with its names and times worked out. */
export interface LibraryModel extends SimulatedModel {
  /** Lower-case, fully qualified: equal for all spellings of one model. */
  readonly key: string;
  /** `registry.ollama.ai/library/…`, printed by capability errors. */
  readonly fullName: string;
  readonly digest: string;
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
}

/** Puts the described models on the disk; the first is the newest. `now` is in milliseconds since the epoch. */
export function createLibrary(descriptions: readonly SimulatedModel[], now: number): Library {
  const models = descriptions.map((description, index) => describe(description, now - (index + 1) * 61_234.567));
  const byKey = new Map(models.map((model) => [model.key, model]));
  return {
    models,
    find(name) {
      const parsed = parseModelName(name);
      return parsed === undefined ? undefined : byKey.get(modelKey(parsed));
    },
  };
}

/** The `details` object that lists, `/api/ps` and `/api/show` share. */
export function modelDetails(model: SimulatedModel): object {
  return {
    parent_model: "",
    format: "gguf",
    family: model.family,
    families: [model.family],
    parameter_size: model.parameterSize,
    quantization_level: model.quantization,
  };
}

function describe(model: SimulatedModel, modifiedAt: number): LibraryModel {
  const name = parseModelName(model.name);
  if (name === undefined) throw new Error(`not a model name: ${model.name}`);
  const derived = createHash("sha256")
    .update(`${modelKey(name)} ${model.sizeBytes}`)
    .digest("hex");
  return {
    ...model,
    name: shortName(name),
    key: modelKey(name),
    fullName: fullName(name),
    digest: model.digest ?? derived,
    modifiedAt: toRfc3339Nano(modifiedAt),
    modifiedAtSeconds: Math.floor(modifiedAt / 1000),
  };
}
