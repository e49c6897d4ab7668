/** Tokens per second that a model is expected to write on a node, and where the number comes from. */
export interface ExpectedSpeed {
  readonly tokensPerS: number | undefined;
  /**
   * `measured`: of this model there; `scaled`: from other models there; `estimated`: from the memory's bandwidth;
   * `unknown`: nothing to go by.
   */
  readonly basis: "measured" | "scaled" | "estimated" | "unknown";
  readonly confidence: "high" | "medium" | "low";
}

/** What is known for it. */
export interface SpeedSources {
  readonly weightBytes: number;
  /** Share of the weights that one token passes through, 0–1. */
  readonly activeShare: number;
  /** GB/s; undefined when unknown. */
  readonly bandwidth: number | undefined;
  /** Measured of this model on this node, tokens/s. */
  readonly measured: { readonly tokensPerS: number; readonly samples: number } | undefined;
  /** Bytes per second that other models on this node were measured to read, the median; undefined without any. */
  readonly readBytesPerS: number | undefined;
}

/** Of a memory's nominal bandwidth about this much is reached by decoding one sequence. */
const REACHED_SHARE = 0.6;
/** Mixtures of experts lose some to choosing them and to small reads. */
const SPARSE_SHARE = 0.7;

/** Writing a token reads every active weight once, so that the memory's bandwidth bounds it. */
export function expectedSpeed(sources: SpeedSources): ExpectedSpeed {
  const { measured, readBytesPerS, bandwidth } = sources;
  if (measured !== undefined && measured.samples > 0)
    return {
      tokensPerS: measured.tokensPerS,
      basis: "measured",
      confidence: measured.samples >= 5 ? "high" : "medium",
    };
  const perToken = bytesPerToken(sources);
  if (readBytesPerS !== undefined && readBytesPerS > 0)
    return { tokensPerS: readBytesPerS / perToken, basis: "scaled", confidence: "medium" };
  if (bandwidth !== undefined && bandwidth > 0)
    return { tokensPerS: (bandwidth * 1e9 * REACHED_SHARE) / perToken, basis: "estimated", confidence: "low" };
  return { tokensPerS: undefined, basis: "unknown", confidence: "low" };
}

/** Bytes that one token reads, the losses of sparse models counted as bytes. */
export const bytesPerToken = ({
  weightBytes,
  activeShare,
}: Pick<SpeedSources, "weightBytes" | "activeShare">): number =>
  Math.max(1, activeShare < 1 ? (weightBytes * activeShare) / SPARSE_SHARE : weightBytes);
