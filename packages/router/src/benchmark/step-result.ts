/** One finished request of a benchmark. Times in ms from its sending. */
export interface Sample {
  readonly isOk: boolean;
  /** When it was sent, ms of the run's clock. */
  readonly sentAt: number;
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
  /** Time that was measured, seconds. */
  readonly seconds: number;
  /** Output tokens per second, all requests together; requests per second where nothing is written, as with embeddings. */
  readonly perSecond: number;
  readonly latencyP50Ms: number | null;
  readonly latencyP95Ms: number | null;
  readonly firstTokenP50Ms: number | null;
  readonly firstTokenP95Ms: number | null;
}

/** From when to when a step is measured, ms of the run's clock. */
export interface StepTime {
  readonly from: number;
  readonly to: number;
}

/**
 * Sums a step up. What was written counts as far as it was written within the step's time: at its end requests run out one
 * after the other, which would make every step look slower than it is.
 */
export function stepResultOf(concurrency: number, samples: readonly Sample[], time: StepTime): StepResult {
  const good = samples.filter(({ isOk }) => isOk);
  const writesTokens = good.some(({ outputTokens }) => outputTokens > 0);
  const firstEnd = Math.min(...good.map(({ sentAt, latencyMs }) => sentAt + latencyMs));
  // Where nothing ends within the step, it is measured until the first does.
  const to = good.length > 0 ? Math.max(time.to, firstEnd) : time.to;
  const seconds = (to - time.from) / 1000;
  const done = good.reduce(
    (sum, sample) => sum + (writesTokens ? sample.outputTokens : 1) * shareWithin(sample, { from: time.from, to }),
    0,
  );
  const latencies = good.map(({ latencyMs }) => latencyMs);
  const firsts = firstTokensOf(good);
  return {
    concurrency,
    requests: good.length,
    failures: samples.length - good.length,
    seconds: rounded(seconds),
    perSecond: seconds > 0 ? rounded(done / seconds) : 0,
    latencyP50Ms: percentile(latencies, 0.5),
    latencyP95Ms: percentile(latencies, 0.95),
    firstTokenP50Ms: percentile(firsts, 0.5),
    firstTokenP95Ms: percentile(firsts, 0.95),
  };
}

/** Share of a request's output that came within a time, taking it to flow evenly from its first piece on. */
function shareWithin({ sentAt, firstTokenMs = 0, latencyMs }: Sample, { from, to }: StepTime): number {
  const [begin, end] = [sentAt + firstTokenMs, sentAt + latencyMs];
  if (end <= begin) return end <= to ? 1 : 0;
  return Math.max(0, Math.min(end, to) - Math.max(begin, from)) / (end - begin);
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
