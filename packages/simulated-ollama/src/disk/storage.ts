import { describeModel, type Library, type LibraryModel } from "../models/library.ts";
import { type ModelName, parseModelName, shortName } from "../models/model-name.ts";
import type { InventedModel, ResolvedOptions } from "../options.ts";
import type { Pace } from "../pace.ts";
import { type Blobs, createBlobs, installLayers } from "./blobs.ts";
import { defaultCatalogue } from "./default-catalogue.ts";
import { createDownloads, type Downloads } from "./downloads.ts";
import { createRegistry, type Registry } from "./registry.ts";

/** The disk of a node and what it can be filled from. */
export interface Storage {
  readonly blobs: Blobs;
  readonly downloads: Downloads;
  readonly registry: Registry;
  /** What comes in place of a model that is to be pulled; undefined leaves it to the registry. */
  readonly invent: (name: ModelName) => InventedManifest | undefined;
  readonly library: Library;
  readonly pace: Pace;
  /** Bytes per second of reading and writing. */
  readonly diskSpeed: number;
  /** Bytes per second of the network. */
  readonly networkSpeed: number;
}

/** A model that no registry has. */
export interface InventedManifest {
  readonly kind: "manifest";
  readonly model: LibraryModel;
  /** The name under which it is kept. */
  readonly name: ModelName;
  /** The first progress record. */
  readonly notice: string;
}

/** Creates a disk with the files of the library's models on it. Throws when it is too small for them. */
export function createStorage(options: ResolvedOptions, library: Library, pace: Pace): Storage {
  const { machine, models, catalogue = defaultCatalogue, isOffline } = options;
  const blobs = createBlobs(machine.diskBytes);
  for (const model of library.models) installLayers(blobs, model, model.layers);
  return {
    blobs,
    library,
    pace,
    downloads: createDownloads({ blobs, pace, bytesPerSecond: machine.networkBytesPerSecond }),
    // What is on the disk came from somewhere: it can be pulled again.
    registry: createRegistry({ catalogue: [...catalogue, ...models], isOffline, now: pace.now }),
    invent: (name) => inventedManifest(options.invent?.(shortName(name)), pace.now()),
    diskSpeed: machine.diskBytesPerSecond,
    networkSpeed: machine.networkBytesPerSecond,
  };
}

function inventedManifest(invented: InventedModel | undefined, now: number): InventedManifest | undefined {
  const name = parseModelName(invented?.model.name ?? "");
  if (invented === undefined || name === undefined) return undefined;
  return { kind: "manifest", model: describeModel(invented.model, now), name, notice: invented.notice };
}
