import fc from "fast-check";
import type { Tap, TapReading } from "../tap/tap.ts";

/** Cuts bytes at any places, also inside characters, and puts empty chunks in between. */
export const chunkings = (whole: Uint8Array): fc.Arbitrary<readonly Uint8Array[]> =>
  fc.array(fc.nat(whole.length), { maxLength: 40 }).map((places) => {
    const cuts = [0, ...places.toSorted((one, other) => one - other), whole.length];
    return cuts.slice(1).map((cut, index) => whole.subarray(cuts[index], cut));
  });

/** What a new tap reads from these chunks. */
export const readingOf = (createTap: () => Tap, chunks: readonly Uint8Array[]): TapReading => {
  const tap = createTap();
  for (const chunk of chunks) tap.observe(chunk);
  return tap.end();
};
