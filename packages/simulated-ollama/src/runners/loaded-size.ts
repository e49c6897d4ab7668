import type { SimulatedModel } from "../options.ts";

/**
 * Bytes that a loaded model takes: its weights and one key-value cache per parallel answer.
 *
 * The cache per token is fitted to two models: smollm2:135m, recorded at 23,040 bytes for 98 MB of weights (`/api/ps` at
 * contexts of 4, 512, 2048 and 8192), and a llama of 8 billion parameters with 131,072 bytes for 4.9 GB.
 */
export function loadedSize(model: SimulatedModel, contextLength: number, parallel: number): number {
  const cachePerToken = 23_040 * (model.sizeBytes / 98_363_007) ** 0.444;
  return Math.round(model.sizeBytes + cachePerToken * contextLength * parallel);
}
