import { BYTES_PER_GIB } from "@herd/shared";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLearnedSpeeds, type SpeedSample } from "./learned-speeds.ts";

const lane = "mac-mini:gemma3:4b";
const withSlot = (values: readonly number[]) => {
  const book = createLearnedSpeeds();
  for (const slotMs of values) book.observe({ laneKey: lane, slotMs });
  return book.of(lane).slotMs ?? Number.NaN;
};
const around = (value: number) => fc.double({ min: value * 0.9, max: value * 1.1, noNaN: true });
const positive = fc.double({ min: 0.001, max: 1e6, noNaN: true });
const sample: fc.Arbitrary<SpeedSample> = fc.record({
  laneKey: fc.constantFrom("a:m", "b:m", "c:m"),
  slotMs: positive,
  firstTokenMs: fc.option(positive, { nil: undefined }),
  decodeTokensPerS: fc.option(positive, { nil: undefined }),
  outputTokens: fc.option(fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY, 40), { nil: undefined }),
  loadMs: fc.option(positive, { nil: undefined }),
  loadedBytes: fc.option(fc.integer({ min: 0, max: 2 ** 40 }), { nil: undefined }),
});

describe("learned speeds", () => {
  it("know nothing of a lane that was never observed", () => {
    expect(createLearnedSpeeds().of("nobody:nothing")).toMatchObject({ slotMs: undefined, samples: 0 });
  });

  it("learn every measure, load time per GiB among them, and count what they were told", () => {
    const book = createLearnedSpeeds();
    book.observe({ laneKey: lane, loadMs: 8000, loadedBytes: 4 * BYTES_PER_GIB });
    const request = {
      slotMs: 3000,
      firstTokenMs: 200,
      prefillTokensPerS: 900,
      decodeTokensPerS: 45,
      outputTokens: 120,
    };
    book.observe({ laneKey: lane, ...request });
    expect(book.of(lane)).toEqual({ ...request, loadMsPerGib: 2000, samples: 2 });
  });

  it("stay within the range of what was observed", () => {
    fc.assert(
      fc.property(fc.array(positive, { minLength: 1, maxLength: 60 }), (values) => {
        const estimate = withSlot(values);
        expect(estimate).toBeGreaterThanOrEqual(Math.min(...values.slice(-15)));
        expect(estimate).toBeLessThanOrEqual(Math.max(...values.slice(-15)));
      }),
    );
  });

  it("converge to a new speed within eight requests, wherever they were before", () => {
    fc.assert(
      fc.property(fc.array(positive, { maxLength: 40 }), positive, (before, speed) => {
        expect(withSlot([...before, ...Array.from({ length: 8 }, () => speed)])).toBeCloseTo(speed, 6);
      }),
    );
  });

  it("are not moved by seven absurd values among fifteen, in whatever order", () => {
    const sound = fc.array(around(1000), { minLength: 8, maxLength: 8 });
    const absurd = fc.array(fc.constantFrom(0.001, 1e12), { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(sound, absurd, fc.array(fc.nat(), { minLength: 15, maxLength: 15 }), (good, bad, keys) => {
        const mixed = [...good, ...bad].map((value, at) => ({ value, key: keys[at] ?? 0 }));
        const estimate = withSlot(mixed.toSorted((a, b) => a.key - b.key).map(({ value }) => value));
        expect(estimate).toBeGreaterThanOrEqual(900);
        expect(estimate).toBeLessThanOrEqual(1100);
      }),
    );
  });

  it("are the same after a restart, and go on learning the same", () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 50 }), fc.array(sample, { maxLength: 20 }), (before, after) => {
        const book = createLearnedSpeeds();
        for (const entry of before) book.observe(entry);
        const restarted = createLearnedSpeeds(JSON.parse(JSON.stringify(book.entries())));
        expect(restarted.entries()).toEqual(book.entries());
        for (const entry of after) {
          book.observe(entry);
          restarted.observe(entry);
        }
        for (const key of ["a:m", "b:m", "c:m"]) expect(restarted.of(key)).toEqual(book.of(key));
        expect(restarted.entries()).toEqual(book.entries());
      }),
    );
  });

  it("ignore values that are not above 0", () => {
    const book = createLearnedSpeeds();
    book.observe({ laneKey: lane, slotMs: 1000, decodeTokensPerS: 0, firstTokenMs: Number.NaN, outputTokens: -1 });
    book.observe({ laneKey: lane, loadMs: 1000, loadedBytes: 0 });
    expect(book.of(lane)).toMatchObject({ slotMs: 1000, decodeTokensPerS: undefined, outputTokens: undefined });
    expect(book.of(lane)).toMatchObject({ firstTokenMs: undefined, loadMsPerGib: undefined });
  });

  it("leave out what makes no sense in a stored entry", () => {
    const stored = [
      { laneKey: lane, samples: -3, speeds: { slotMs: [Number.NaN, -5, "9", 700], firstTokenMs: 7, unheard_of: [1] } },
      ...[null, "text", [1, 2], undefined].map((speeds, at) => ({ laneKey: `odd${at}`, samples: 1, speeds })),
    ];
    const book = createLearnedSpeeds(stored);
    expect(book.of(lane)).toMatchObject({ slotMs: 700, firstTokenMs: undefined, samples: 0 });
    expect(book.of("odd0")).toMatchObject({ slotMs: undefined, samples: 1 });
  });

  it("give out entries that later observations do not change", () => {
    const book = createLearnedSpeeds();
    book.observe({ laneKey: lane, slotMs: 1 });
    const entries = book.entries();
    book.observe({ laneKey: lane, slotMs: 2 });
    expect(entries).toEqual([{ laneKey: lane, samples: 1, speeds: { slotMs: [1] } }]);
  });

  it("tell the median decode speed over the lanes", () => {
    const book = createLearnedSpeeds();
    expect(book.medianDecodeSpeed()).toBeUndefined();
    for (const [at, decodeTokensPerS] of [10, 50, 30].entries())
      book.observe({ laneKey: `n${at}:m`, decodeTokensPerS });
    expect(book.medianDecodeSpeed()).toBe(30);
    book.forget("n1:m");
    expect(book.medianDecodeSpeed()).toBe(20);
  });

  it("forget a lane when told, and the least recently observed beyond five thousand", () => {
    const book = createLearnedSpeeds();
    for (let at = 0; at < 5000; at += 1) book.observe({ laneKey: `n${at}:m`, slotMs: 1000 });
    book.observe({ laneKey: "n0:m", slotMs: 1000 });
    book.observe({ laneKey: "new:m", slotMs: 1000 });
    expect(book.entries()).toHaveLength(5000);
    expect(book.of("n1:m").samples).toBe(0);
    expect(book.of("n0:m").samples).toBe(2);
    book.forget("n0:m");
    expect(book.of("n0:m").samples).toBe(0);
  });
});
