import { type Point, slopeOf } from "../statistics.ts";

/** The first part of the time does not count: caches fill, code is compiled. */
const WARM_UP_SHARE = 1 / 3;
const SPANS = 6;

/** What comes after warm-up. */
export const warmPart = <Item>(items: readonly Item[]): readonly Item[] =>
  items.slice(Math.floor(items.length * WARM_UP_SHARE));

/**
 * How fast something grows after warm-up, y per x, beneath the ups and downs of garbage collection: the slope through the
 * lowest points of equal spans. NaN when there are too few points.
 */
export function growthOf(points: readonly Point[]): number {
  const warm = warmPart(points);
  const length = Math.floor(warm.length / SPANS);
  if (length === 0) return Number.NaN;
  const spans = Array.from({ length: SPANS }, (_, at) => warm.slice(at * length, (at + 1) * length));
  return slopeOf(spans.flatMap((span) => span.toSorted((a, b) => a.y - b.y).slice(0, 1)));
}
