/** How much is allowed in each second. */
export interface AllowanceLimits {
  readonly perSource: number;
  readonly altogether: number;
}

/** Builds a question, asked for each thing that comes from a source, that is answered with yes up to the limits. @param monotonic ms */
export function createAllowance(
  { perSource, altogether }: AllowanceLimits,
  monotonic: () => number,
): (source: string) => boolean {
  const used = new Map<string, number>();
  let second = Number.NEGATIVE_INFINITY;
  let total = 0;
  return (source) => {
    const now = Math.floor(monotonic() / 1000);
    if (now !== second) {
      used.clear();
      total = 0;
      second = now;
    }
    const count = (used.get(source) ?? 0) + 1;
    if (count > perSource || total >= altogether) return false;
    used.set(source, count);
    total += 1;
    return true;
  };
}
