import { faultTexts, type LoadFailure } from "../faults/fault.ts";
import type { VersionFeatures } from "./version-table.ts";

/** What a failed load is answered with: the recorded texts, or those of the later versions that run a `llama-server`. */
export function loadFailureTexts(features: VersionFeatures): Readonly<Record<LoadFailure, string>> {
  return features.serverRunners ? serverTexts : faultTexts.load;
}

/** Their beginnings are those of the sources; what comes behind is the machine's. */
const serverTexts: Readonly<Record<LoadFailure, string>> = {
  "runner-died": "llama-server process has terminated: signal: killed",
  "out-of-memory": "llama-server reported out-of-memory during startup: unable to allocate CPU buffer",
  "cuda-out-of-memory": "llama-server reported out-of-memory during startup: cudaMalloc failed: out of memory",
  "timed-out": "timed out waiting for llama-server to start - progress 0.00",
};
