import type { LibraryModel } from "../models/library.ts";
import { modelMetadata } from "../models/model-metadata.ts";

/** How many numbers a model's vectors have: what `/api/show` tells. */
export function embeddingLength(model: LibraryModel): number {
  return Number(modelMetadata(model, undefined)[`${model.family}.embedding_length`]);
}
