/** Numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of some things, each as often as its weight says. */
export function weighted<Thing extends { readonly weight: number }>(things: readonly Thing[], at: number): Thing {
  const total = things.reduce((sum, { weight }) => sum + weight, 0);
  let left = at * total;
  const found = things.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
  const last = found ?? things.at(-1);
  if (last === undefined) throw new Error("nothing to choose from");
  return last;
}
