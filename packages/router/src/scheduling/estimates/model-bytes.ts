import type { Candidate } from "../../domain/candidate.ts";

/**
 * Memory the model takes here once loaded, bytes: the estimate that came with the candidate, else what it takes now,
 * else its size on disk, which is the least it can take. undefined when nobody told a size.
 */
export function modelBytes({ expectedBytes, model }: Candidate): number | undefined {
  if (expectedBytes !== undefined && expectedBytes > 0) return expectedBytes;
  if (model.loaded !== undefined && model.loaded.sizeBytes > 0) return model.loaded.sizeBytes;
  return diskBytes(model);
}

/** Size of the weights on disk, bytes: the model surely needs that much. undefined when not told. */
export function diskBytes({ sizeBytes }: Candidate["model"]): number | undefined {
  return sizeBytes !== undefined && sizeBytes > 0 ? sizeBytes : undefined;
}
