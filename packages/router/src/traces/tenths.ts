/** Points to one decimal; numbers too large for that stay as they are. */
export function tenths(points: number): number {
  const rounded = Math.round(points * 10) / 10;
  return Number.isFinite(rounded) ? rounded : points;
}
