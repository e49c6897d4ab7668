import { BYTES_PER_GIB, type Bytes, bytes } from "@herd/shared";
import type { ModelSnapshot } from "../domain/fleet-snapshot.ts";

/** What an estimate may draw on. */
export interface SizeSources {
  readonly model: ModelSnapshot;
  /** Largest size in memory measured anywhere, by digest, as `measuredSizes` collects it. */
  readonly measured: ReadonlyMap<string, number>;
  /** Context it would be loaded with, tokens; undefined when nobody asks for one. */
  readonly contextTokens: number | undefined;
}

/** The context Ollama takes where GPU memory is small, tokens. */
const DEFAULT_CONTEXT = 4096;

/**
 * Key-value cache per token of context, bytes at one GiB of weights, growing with their square root: within a factor of
 * two for dense models with grouped queries at 16 bits (Llama 3 8B 128 KiB, Llama 3 70B 320 KiB, Qwen2.5 32B 256 KiB).
 */
const CACHE_BYTES_PER_TOKEN = 40 * 1024;

/** Buffers of the inference program, bytes. */
const BUFFER_BYTES = 0.3 * BYTES_PER_GIB;

/** Bytes per parameter by quantisation: its bits, scales and the layers left unquantised. */
const BYTES_PER_PARAMETER: readonly (readonly [pattern: RegExp, size: number])[] = [
  [/(^|[^a-z0-9])(f32|fp32)/i, 4],
  [/(^|[^a-z0-9])(bf16|f16|fp16)/i, 2],
  [/(^|[^a-z0-9])(q8|int8|fp8|mxfp8)/i, 1.07],
  [/(^|[^a-z0-9])q6/i, 0.83],
  [/(^|[^a-z0-9])q5/i, 0.72],
  [/(^|[^a-z0-9])(mxfp4|nvfp4|q4_0)/i, 0.56],
  [/(^|[^a-z0-9])q3/i, 0.5],
  [/(^|[^a-z0-9])q2/i, 0.4],
];
/** Four bits, what most models are published with. */
const DEFAULT_BYTES_PER_PARAMETER = 0.61;

/**
 * Expected size of a model in memory on a node: measured there, else measured of the same digest elsewhere, else weights
 * on disk and the cache for its context, else parameters × quantisation as reported. undefined when nothing is told.
 */
export function expectedBytes({ model, measured, contextTokens }: SizeSources): Bytes | undefined {
  if (model.loaded !== undefined && model.loaded.sizeBytes > 0) return bytes(model.loaded.sizeBytes);
  const elsewhere = model.digest === undefined ? undefined : measured.get(model.digest);
  if (elsewhere !== undefined) return bytes(elsewhere);
  const weights = weightBytes(model);
  if (weights === undefined) return undefined;
  const context = Math.min(contextTokens ?? DEFAULT_CONTEXT, model.contextMax ?? Number.POSITIVE_INFINITY);
  const cache = context * CACHE_BYTES_PER_TOKEN * Math.sqrt(weights / BYTES_PER_GIB);
  return bytes(Math.round(weights + cache + BUFFER_BYTES));
}

/** The largest size each digest has in memory anywhere, bytes. */
export function measuredSizes(models: Iterable<ModelSnapshot>): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { digest, loaded } of models) {
    if (digest === undefined || loaded === undefined || loaded.sizeBytes <= 0) continue;
    sizes.set(digest, Math.max(loaded.sizeBytes, sizes.get(digest) ?? 0));
  }
  return sizes;
}

function weightBytes({ sizeBytes, facts }: ModelSnapshot): number | undefined {
  if (sizeBytes !== undefined && sizeBytes > 0) return sizeBytes;
  const [, count, unit] = /^(\d+(?:\.\d+)?)([BMK])$/i.exec(facts.parameterSize ?? "") ?? [];
  if (count === undefined || unit === undefined) return undefined;
  const scale = { B: 1e9, M: 1e6, K: 1e3 }[unit.toUpperCase()] ?? 1e9;
  return Number(count) * scale * bytesPerParameter(facts.quantization ?? "");
}

function bytesPerParameter(quantization: string): number {
  return BYTES_PER_PARAMETER.find(([pattern]) => pattern.test(quantization))?.[1] ?? DEFAULT_BYTES_PER_PARAMETER;
}
