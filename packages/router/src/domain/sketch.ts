/**
 * Counts of values in buckets that each span the same ratio: a distribution of which percentiles can be asked, in a few
 * hundred bytes however many values there were, and sketches of parts add up to that of the whole.
 */
export type Sketch = Readonly<Record<string, number>>;

/** Ratio of a bucket's bounds: a percentile is off by 2.5 % at most. */
const RATIO = 1.05;
const LOG_RATIO = Math.log(RATIO);

/** The bucket of a value; values below 1 share one. */
export const bucketOf = (value: number): number => (value < 1 ? -1 : Math.floor(Math.log(value) / LOG_RATIO));

/** The value that stands for a bucket: its geometric middle. */
const middleOf = (bucket: number): number => (bucket < 0 ? 0.5 : RATIO ** (bucket + 0.5));

/** Puts counts of one sketch into another, which is changed. */
export function addSketch(into: Record<string, number>, from: Sketch): void {
  for (const bucket in from) into[bucket] = (into[bucket] ?? 0) + (from[bucket] ?? 0);
}

/** Values that a sketch holds. */
export const sketchSize = (sketch: Sketch): number => Object.values(sketch).reduce((sum, count) => sum + count, 0);

/** The value below which this share (0–1) of all lies; undefined for an empty sketch. */
export function percentileOf(sketch: Sketch, share: number): number | undefined {
  const buckets = Object.entries(sketch)
    .map(([bucket, count]) => [Number(bucket), count] as const)
    .toSorted(([one], [other]) => one - other);
  const wanted = share * buckets.reduce((sum, [, count]) => sum + count, 0);
  let passed = 0;
  for (const [bucket, count] of buckets) {
    passed += count;
    if (passed >= wanted && count > 0) return middleOf(bucket);
  }
  return undefined;
}
