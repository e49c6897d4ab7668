import type { Library } from "../models/library.ts";
import type { Layer } from "../models/model-layers.ts";
import type { SimulatedModel } from "../options.ts";

/** What can be read out of a file of weights. */
export type WeightFacts = Pick<
  SimulatedModel,
  "family" | "parameterSize" | "quantization" | "contextLength" | "capabilities"
>;

/** One file on the disk, found by its digest. */
export interface Blob {
  readonly sizeBytes: number;
  /** `undefined` = no weights are in it. */
  readonly weights: WeightFacts | undefined;
}

/** The files of the simulated disk. Digests are 64 hexadecimal digits. */
export interface Blobs {
  find(digest: string): Blob | undefined;
  /** Writes a file, unless it is there. False when the disk is full. */
  write(digest: string, blob: Blob): boolean;
  /** Bytes that an unfinished download left. */
  partialBytes(digest: string): number;
  /** Makes an unfinished download this long. False when the disk is full. */
  growPartial(digest: string, bytes: number): boolean;
  /** Turns a download into a file. */
  finishPartial(digest: string, weights: WeightFacts | undefined): void;
  /** Removes those of the layers that no model of the library has. */
  removeUnused(layers: readonly Layer[], library: Library): void;
  usedBytes(): number;
}

/** Creates an empty disk. */
export function createBlobs(capacityBytes: number): Blobs {
  const files = new Map<string, Blob>();
  const partials = new Map<string, number>();
  const usedBytes = () => sum([...files.values()].map((blob) => blob.sizeBytes)) + sum([...partials.values()]);
  const hasRoom = (bytes: number) => usedBytes() + bytes <= capacityBytes;
  return {
    usedBytes,
    find: (digest) => files.get(digest),
    write(digest, blob) {
      if (files.has(digest)) return true;
      if (!hasRoom(blob.sizeBytes)) return false;
      files.set(digest, blob);
      return true;
    },
    partialBytes: (digest) => partials.get(digest) ?? 0,
    growPartial(digest, bytes) {
      if (!hasRoom(bytes - (partials.get(digest) ?? 0))) return false;
      partials.set(digest, bytes);
      return true;
    },
    finishPartial(digest, weights) {
      files.set(digest, { sizeBytes: partials.get(digest) ?? 0, weights });
      partials.delete(digest);
    },
    removeUnused(layers, library) {
      const used = new Set(library.models.flatMap((model) => model.layers.map(({ digest }) => digest)));
      for (const { digest } of layers) if (!used.has(digest)) files.delete(digest);
    },
  };
}

/** Puts every layer of a model on the disk. Throws when the disk is too small for them. */
export function installLayers(blobs: Blobs, model: SimulatedModel, layers: readonly Layer[]): void {
  for (const { kind, digest, sizeBytes } of layers) {
    const isWritten = blobs.write(digest, { sizeBytes, weights: kind === "model" ? factsOf(model) : undefined });
    if (!isWritten) throw new Error(`the disk is too small for ${model.name}`);
  }
}

/** What a model's weights say of it. */
export function factsOf(model: SimulatedModel): WeightFacts {
  const { family, parameterSize, quantization, contextLength, capabilities } = model;
  return { family, parameterSize, quantization, contextLength, capabilities };
}

/** Where Ollama keeps a file, as its errors print it. */
export function blobPath(digest: string): string {
  return `/srv/ollama/models/blobs/sha256-${digest}`;
}

/** The digits of `sha256:…` or `sha256-…`; `undefined` when it is neither. */
export function digestDigits(text: string): string | undefined {
  return /^sha256[:-]([0-9a-fA-F]{64})$/.exec(text)?.[1];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
