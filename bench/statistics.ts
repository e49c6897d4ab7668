/** The value below which a share of all values lies, by nearest rank; NaN of nothing. @param share from 0 to 1 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

/** The middle value; of an even number of values the mean of the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** A sum; 0 of nothing. */
export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** One point of a curve. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Slope of the line that lies nearest to the points (least squares), y per x; NaN when all x are the same. */
export function slopeOf(points: readonly Point[]): number {
  const meanX = sum(points.map(({ x }) => x)) / points.length;
  const meanY = sum(points.map(({ y }) => y)) / points.length;
  const above = sum(points.map(({ x, y }) => (x - meanX) * (y - meanY)));
  const below = sum(points.map(({ x }) => (x - meanX) ** 2));
  return below === 0 ? Number.NaN : above / below;
}
