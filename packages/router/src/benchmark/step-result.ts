/** One finished request of a benchmark. Times in ms from its sending. */
export interface Sample {
  readonly isOk: boolean;
  readonly latencyMs: number;
  /** To the first piece of output; undefined where there is only a whole. */
  readonly firstTokenMs: number | undefined;
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** Why it failed. */
  readonly error?: string | undefined;
  /** Id by which the router knows it. */
  readonly requestId?: string | undefined;
}

/** What one number of requests at once gave. */
export interface StepResult {
  readonly concurrency: number;
  readonly requests: number;
  readonly failures: number;
  /** Wall time of the step, seconds. */
  readonly seconds: number;
  /** Output tokens per second, all requests together; requests per second where nothing is written, as with embeddings. */
  readonly perSecond: number;
  readonly latencyP50Ms: number | null;
  readonly latencyP95Ms: number | null;
  readonly firstTokenP50Ms: number | null;
  readonly firstTokenP95Ms: number | null;
}

/** Sums a step up. */
export function stepResultOf(concurrency: number, samples: readonly Sample[], seconds: number): StepResult {
  const good = samples.filter(({ isOk }) => isOk);
  const tokens = good.reduce((sum, { outputTokens }) => sum + outputTokens, 0);
  const latencies = good.map(({ latencyMs }) => latencyMs);
  const firsts = firstTokensOf(good);
  return {
    concurrency,
    requests: good.length,
    failures: samples.length - good.length,
    seconds: rounded(seconds),
    perSecond: seconds > 0 ? rounded((tokens > 0 ? tokens : good.length) / seconds) : 0,
    latencyP50Ms: percentile(latencies, 0.5),
    latencyP95Ms: percentile(latencies, 0.95),
    firstTokenP50Ms: percentile(firsts, 0.5),
    firstTokenP95Ms: percentile(firsts, 0.95),
  };
}

/** The times to the first piece of output, where there are any. */
export const firstTokensOf = (samples: readonly Sample[]): readonly number[] =>
  samples.flatMap(({ firstTokenMs }) => (firstTokenMs === undefined ? [] : [firstTokenMs]));

/** The value at this share (0–1) by the nearest-rank method; null without values. */
export function percentile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((one, other) => one - other);
  return rounded(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0);
}

/** Two decimals are enough for people and programs. */
export const rounded = (value: number): number => Math.round(value * 100) / 100;
