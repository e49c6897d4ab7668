import fc from "fast-check";
import { expect } from "vitest";
import type { Tap, TapReading } from "../tap/tap.ts";
import { recording } from "./recording.ts";

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

/** A recorded reply reads the same in its own chunks, in one, and in chunks of any kind. */
export const expectSameHoweverCut = (createTap: () => Tap, name: string): void => {
  const { chunks } = recording(name);
  const whole = Buffer.concat([...chunks]);
  const reading = readingOf(createTap, chunks);
  expect(readingOf(createTap, [whole])).toEqual(reading);
  fc.assert(
    fc.property(chunkings(whole), (cut) => {
      expect(readingOf(createTap, cut)).toEqual(reading);
    }),
    { numRuns: 50 },
  );
};

/** Streams put together from these pieces, or any bytes, broken off anywhere: nothing throws, and cuts change nothing. */
export const expectAnyBytesRead = (createTap: () => Tap, piece: fc.Arbitrary<string>): void => {
  const stream = fc.oneof(
    fc.array(piece, { maxLength: 20 }).map((pieces): Uint8Array => Buffer.from(pieces.join(""))),
    fc.uint8Array({ maxLength: 200 }),
  );
  const part = fc.tuple(stream, fc.nat()).map(([whole, at]) => whole.subarray(0, at % (whole.length + 1)));
  const cutStream = part.chain((whole) => chunkings(whole).map((chunks) => ({ whole, chunks })));
  fc.assert(
    fc.property(cutStream, ({ whole, chunks }) => {
      expect(readingOf(createTap, chunks)).toEqual(readingOf(createTap, [whole]));
    }),
    { numRuns: 500 },
  );
};
