import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createPeerClock, createSteadyClock } from "./clock.ts";
import { LINK_TIME_WINDOW_MS } from "./headers.ts";

describe("a steady clock", () => {
  test("starts at the wall's time and follows the counter, not the wall", () => {
    let counter = 500;
    const clock = createSteadyClock({ wallAtStart: 1_000_000, monotonic: () => counter });
    expect(clock.now()).toBe(1_000_000);
    counter += 250;
    expect(clock.now()).toBe(1_000_250);
  });

  test("never starts before an instant that was stored, so that a clock set back repeats no time", () => {
    const clock = createSteadyClock({ wallAtStart: 1000, monotonic: () => 0, notBefore: 5000 });
    expect(clock.now()).toBe(5000);
    expect(createSteadyClock({ wallAtStart: 9000, monotonic: () => 0, notBefore: 5000 }).now()).toBe(9000);
  });

  test("never runs backwards while its counter does not", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(10_000), { maxLength: 50, size: "max" }),
        fc.nat(),
        fc.nat(),
        (steps, wallAtStart, notBefore) => {
          let counter = 0;
          const clock = createSteadyClock({ wallAtStart, monotonic: () => counter, notBefore });
          let last = clock.now();
          for (const step of steps) {
            counter += step;
            expect(clock.now()).toBe(last + step);
            last = clock.now();
          }
        },
      ),
    );
  });
});

describe("a peer's clock", () => {
  test("is taken to be the own one until something was learned", () => {
    const clock = createPeerClock(() => 7000.7);
    expect([clock.offset(), clock.next()]).toEqual([undefined, 7000]);
  });

  test("is followed from the last time that it stated", () => {
    let own = 1000;
    const clock = createPeerClock(() => own);
    clock.learn(501_000);
    expect([clock.offset(), clock.next()]).toEqual([500_000, 501_000]);
    own += 5000;
    expect(clock.next()).toBe(506_000);
  });

  test("begins anew when the peer was set back by more than it accepts", () => {
    const clock = createPeerClock(() => 1000);
    clock.learn(10_000_000);
    expect(clock.next()).toBe(10_000_000);
    clock.learn(2000);
    expect(clock.next()).toBeLessThanOrEqual(2000 + LINK_TIME_WINDOW_MS);
  });

  const step = fc.record({ ms: fc.nat(2000), drift: fc.option(fc.integer({ min: -30_000, max: 30_000 })) });

  test("gives whole times that grow strictly, whatever it learns within the window", () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60, size: "max" }),
        fc.integer({ min: -1e9, max: 1e9 }),
        (steps, skew) => {
          let own = 2_000_000_000;
          const clock = createPeerClock(() => own);
          clock.learn(own + skew);
          let last = clock.next();
          for (const { ms, drift } of steps) {
            own += ms + 0.3;
            if (drift !== null) clock.learn(own + skew + drift);
            const next = clock.next();
            expect([Number.isInteger(next), next > last]).toEqual([true, true]);
            last = next;
          }
        },
      ),
    );
  });

  test("gives times that a receiver accepts: near its own, and later than the last", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 200, size: "max" }), (pauses) => {
        let receiver = 5_000_000;
        const clock = createPeerClock(() => receiver - 777_777);
        clock.learn(receiver);
        let lastAccepted = 0;
        for (const pause of pauses) {
          receiver += pause;
          const time = clock.next();
          expect(time).toBeGreaterThan(lastAccepted);
          expect(Math.abs(time - receiver)).toBeLessThanOrEqual(LINK_TIME_WINDOW_MS);
          lastAccepted = time;
          clock.learn(receiver);
        }
      }),
    );
  });
});
