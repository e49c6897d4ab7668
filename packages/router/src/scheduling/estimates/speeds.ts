import { BYTES_PER_GIB } from "@herd/shared";
import type { Candidate } from "../../domain/candidate.ts";
import { modelBytes } from "./model-bytes.ts";

/** Assumed until lengths are learned, tokens; a public trace of chats (Azure, 2023) has means of 1,155 and 211. */
export const TYPICAL_OUTPUT_TOKENS = 256;
const TYPICAL_PROMPT_TOKENS = 1024;

/** Assumed size of a model that nobody told the size of: an 8-billion-parameter model at 4 bits. */
const TYPICAL_MODEL_BYTES = 5 * BYTES_PER_GIB;

/** Memory bandwidth by hardware class where none is told, GB/s: modest members of each class. */
const GPU_BANDWIDTH = 300;
const APPLE_BANDWIDTH = 100;
const CPU_BANDWIDTH = 40;

/** Decoding reads all weights once per token; this share of the bandwidth is usually reached. */
const BANDWIDTH_SHARE = 0.6;

/** Below this size other costs than reading weights bound the speed, tokens/s. */
const FASTEST_DECODE = 150;

/** Prompt tokens are computed many at a time: about this much faster than output tokens. */
const PREFILL_PER_DECODE = 10;

/** A load reads the file once: about 1.5 GB/s of a solid-state disk, ms per GiB. */
const LOAD_MS_PER_GIB = 700;
/** Starting the runner and its first pass, ms. */
const LOAD_START_MS = 1500;

/** Output tokens per second for one request: learned, else bandwidth ÷ bytes of weights. */
export function decodeSpeed(candidate: Candidate): number {
  const { decodeTokensPerS } = candidate.learned;
  if (decodeTokensPerS !== undefined) return decodeTokensPerS;
  const bytesPerS = bandwidth(candidate) * 1e9 * BANDWIDTH_SHARE;
  return Math.min(FASTEST_DECODE, bytesPerS / (modelBytes(candidate) ?? TYPICAL_MODEL_BYTES));
}

/** How long a request holds its slot here, ms: learned, else a typical prompt and answer at the expected speeds. */
export function slotMs(candidate: Candidate): number {
  const { learned } = candidate;
  if (learned.slotMs !== undefined) return learned.slotMs;
  const decode = decodeSpeed(candidate);
  const prefill = learned.prefillTokensPerS ?? decode * PREFILL_PER_DECODE;
  return 1000 * (TYPICAL_PROMPT_TOKENS / prefill + (learned.outputTokens ?? TYPICAL_OUTPUT_TOKENS) / decode);
}

/** How long loading the model takes here, ms: learned per GiB, else disk speed. */
export function loadMs(candidate: Candidate): number {
  const gib = (modelBytes(candidate) ?? TYPICAL_MODEL_BYTES) / BYTES_PER_GIB;
  const { loadMsPerGib } = candidate.learned;
  return loadMsPerGib === undefined ? LOAD_START_MS + LOAD_MS_PER_GIB * gib : loadMsPerGib * gib;
}

function bandwidth({ node }: Candidate): number {
  if (node.memoryBandwidth !== undefined && node.memoryBandwidth > 0) return node.memoryBandwidth;
  if (node.gpus.some(isDedicated)) return GPU_BANDWIDTH;
  return node.chip.startsWith("Apple") ? APPLE_BANDWIDTH : CPU_BANDWIDTH;
}

const isDedicated = (gpu: { readonly vram_total_gb: number }): boolean => gpu.vram_total_gb > 0;
