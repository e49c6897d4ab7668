import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Parallelism, type ParallelismRules } from "./parallelism.ts";

const RULES: ParallelismRules = { assumed: 1, max: 64, predictedFirstByteMs: () => 100 };

const createLearner = (rules: Partial<ParallelismRules> = {}): Parallelism => new Parallelism({ ...RULES, ...rules });

/** Requests 0 … count − 1 begin at `at`. */
function beginAll(learner: Parallelism, count: number, at: number): void {
  for (let id = 0; id < count; id += 1) learner.begin(id, at);
}

/** Requests 0 … count − 1 begin at `at` and send their first byte 10 ms later. */
function streamAll(learner: Parallelism, count: number, at: number): void {
  beginAll(learner, count, at);
  for (let id = 0; id < count; id += 1) learner.firstByte(id, at + 10);
}

describe("the limit", () => {
  test("is what the backend reports, within the bounds, and nothing learned changes that", () => {
    const learner = createLearner({ max: 8 });
    learner.report(4);
    expect([learner.limit(0, true), learner.source()]).toEqual([4, "reported"]);
    streamAll(learner, 6, 0);
    learner.busy(20);
    expect(learner.limit(30, true)).toBe(4);
    learner.report(100);
    expect(learner.limit(30, true)).toBe(8);
    learner.report(0);
    expect(learner.limit(30, false)).toBe(1);
  });

  test("is assumed while nothing is known, and never above the bound", () => {
    expect([createLearner().limit(0, false), createLearner().source()]).toEqual([1, "assumed"]);
    expect(createLearner({ assumed: 4 }).limit(0, false)).toBe(4);
    expect(createLearner({ assumed: 4, max: 2 }).limit(0, true)).toBe(2);
  });

  test("goes back to what was learned when the backend stops telling", () => {
    const learner = createLearner();
    learner.report(6);
    learner.report(undefined);
    expect([learner.limit(0, false), learner.source()]).toEqual([1, "assumed"]);
  });
});

describe("a number is proven", () => {
  test("when so many had sent a first byte and none its last at one moment", () => {
    const learner = createLearner();
    beginAll(learner, 3, 0);
    learner.firstByte(0, 50);
    expect(learner.provenLimit()).toBe(1);
    learner.firstByte(1, 60);
    expect(learner.provenLimit()).toBe(2);
    learner.firstByte(2, 70);
    expect([learner.provenLimit(), learner.source()]).toEqual([3, "learned"]);
  });

  test("and stays when requests end", () => {
    const learner = createLearner();
    streamAll(learner, 3, 0);
    for (const id of [0, 1, 2]) learner.end(id);
    expect(learner.provenLimit()).toBe(3);
  });

  test("not by requests that only followed each other", () => {
    const learner = createLearner();
    for (let id = 0; id < 20; id += 1) {
      learner.begin(id, id * 100);
      learner.firstByte(id, id * 100 + 50);
      learner.end(id);
    }
    expect([learner.provenLimit(), learner.source()]).toEqual([1, "assumed"]);
  });

  test("not by requests that only wait for their first byte together", () => {
    const learner = createLearner();
    beginAll(learner, 5, 0);
    expect(learner.provenLimit()).toBe(1);
  });

  test("not beyond the bound", () => {
    const learner = createLearner({ max: 2 });
    streamAll(learner, 5, 0);
    expect(learner.provenLimit()).toBe(2);
  });

  test("not by a first byte that is told twice", () => {
    const learner = createLearner();
    learner.begin(0, 0);
    learner.firstByte(0, 10);
    learner.firstByte(0, 20);
    expect(learner.provenLimit()).toBe(1);
  });
});

describe("a number is refuted", () => {
  /** Two together; the younger one's first byte comes `late` ms after the older one's end at 200. */
  function serialised(learner: Parallelism, late: number): void {
    learner.begin(0, 0);
    learner.firstByte(0, 50);
    learner.begin(1, 60);
    learner.end(0);
    learner.firstByte(1, 200 + late);
  }

  test("when a first byte came only after an older one's last byte, and late: no probe for ten minutes", () => {
    const learner = createLearner();
    serialised(learner, 100);
    expect([learner.provenLimit(), learner.source()]).toEqual([1, "learned"]);
    expect(learner.limit(300 + 599_999, true)).toBe(1);
    expect(learner.limit(300 + 600_000, true)).toBe(2);
  });

  test("and takes a proven number down to one less", () => {
    const learner = createLearner({ assumed: 3 });
    beginAll(learner, 3, 0);
    learner.firstByte(0, 10);
    learner.firstByte(1, 10);
    learner.end(0);
    learner.firstByte(2, 500);
    expect(learner.provenLimit()).toBe(2);
  });

  test("not while the first byte is within twice its prediction", () => {
    const learner = createLearner({ predictedFirstByteMs: () => 200 });
    serialised(learner, 250);
    expect(learner.source()).toBe("assumed");
  });

  test("not while nothing is predicted", () => {
    const learner = createLearner({ predictedFirstByteMs: () => undefined });
    serialised(learner, 10_000);
    expect(learner.source()).toBe("assumed");
  });

  test("not by a wait in which no older one ended", () => {
    const learner = createLearner();
    beginAll(learner, 2, 0);
    learner.firstByte(0, 10);
    learner.firstByte(1, 10_000);
    expect(learner.provenLimit()).toBe(2);
  });

  test("not by the end of a younger one", () => {
    const learner = createLearner({ assumed: 2 });
    learner.begin(0, 0);
    learner.begin(1, 10);
    learner.firstByte(1, 20);
    learner.end(1);
    learner.firstByte(0, 5000);
    expect(learner.provenLimit()).toBe(2);
  });

  test("not when fewer were in flight before the older one's end", () => {
    const learner = createLearner({ assumed: 3 });
    beginAll(learner, 3, 0);
    learner.firstByte(0, 10);
    learner.end(1);
    learner.end(0);
    learner.firstByte(2, 5000);
    expect(learner.provenLimit()).toBe(3);
  });

  test("not by an older one that ended without a byte", () => {
    const learner = createLearner({ assumed: 2 });
    beginAll(learner, 2, 0);
    learner.end(0);
    learner.firstByte(1, 5000);
    expect(learner.provenLimit()).toBe(2);
  });

  test("when the backend turns requests away: the limit falls below what was in flight, never below one", () => {
    const learner = createLearner({ assumed: 4 });
    beginAll(learner, 3, 0);
    learner.busy(10);
    expect(learner.provenLimit()).toBe(2);
    const alone = createLearner();
    alone.begin(0, 0);
    alone.busy(10);
    expect(alone.provenLimit()).toBe(1);
  });
});

describe("a probe", () => {
  test("is one extra while requests wait, and none otherwise", () => {
    const learner = createLearner();
    learner.begin(0, 0);
    expect(learner.limit(20_000, false)).toBe(1);
    expect(learner.limit(20_000, true)).toBe(2);
  });

  test("comes at most every ten seconds", () => {
    const learner = createLearner();
    learner.begin(0, 0);
    expect(learner.limit(1000, true)).toBe(2);
    learner.begin(1, 1000);
    expect(learner.limit(1001, true)).toBe(1);
    learner.end(1);
    expect(learner.limit(10_999, true)).toBe(1);
    expect(learner.limit(11_000, true)).toBe(2);
  });

  test("comes alone: none is admitted while another is in flight", () => {
    const learner = createLearner();
    beginAll(learner, 2, 0);
    expect(learner.limit(60_000, true)).toBe(1);
  });

  test("does not pass the bound", () => {
    const learner = createLearner({ assumed: 2, max: 2 });
    expect(learner.limit(60_000, true)).toBe(2);
  });
});

/** A backend that computes `slots` requests at once, in the order in which they came; each takes `runMs`. */
interface Flight {
  readonly id: number;
  firstByteAt: number;
  endsAt: number;
}

/** What one run of demand against such a backend showed. */
interface Course {
  readonly proven: number;
  readonly mostInFlight: number;
  readonly reachedAt: number | undefined;
  readonly everProven: number;
}

const FIRST_BYTE_MS = 100;
const STEP_MS = 50;

/** Keeps the learner under demand for `forMs`: whenever the limit allows, another request is sent. */
function course(slots: number, forMs: number, runMs = 1000): Course {
  const learner = createLearner({ predictedFirstByteMs: () => FIRST_BYTE_MS });
  let flights: Flight[] = [];
  let nextId = 0;
  let mostInFlight = 0;
  let everProven = 1;
  let reachedAt: number | undefined;
  const send = (now: number): void => {
    const busyUntil = flights.map(({ endsAt }) => endsAt).toSorted((a, b) => b - a)[slots - 1] ?? now;
    const startsAt = Math.max(now, busyUntil);
    flights.push({ id: nextId, firstByteAt: startsAt + FIRST_BYTE_MS, endsAt: startsAt + FIRST_BYTE_MS + runMs });
    learner.begin(nextId, now);
    nextId += 1;
  };
  const advance = (now: number): void => {
    for (const flight of flights.filter(({ endsAt }) => endsAt <= now)) learner.end(flight.id);
    flights = flights.filter(({ endsAt }) => endsAt > now);
    for (const flight of flights.filter(({ firstByteAt }) => firstByteAt <= now)) learner.firstByte(flight.id, now);
  };
  for (let now = 0; now < forMs; now += STEP_MS) {
    advance(now);
    while (flights.length < learner.limit(now, true)) send(now);
    mostInFlight = Math.max(mostInFlight, flights.length);
    everProven = Math.max(everProven, learner.provenLimit());
    if (learner.provenLimit() >= slots) reachedAt ??= now;
  }
  return { proven: learner.provenLimit(), mostInFlight, reachedAt, everProven };
}

describe("against a backend that computes k at once", () => {
  const slots = fc.integer({ min: 1, max: 8 });

  test("never more than k is proven, and never more than one extra is sent", () => {
    fc.assert(
      fc.property(slots, fc.integer({ min: 300, max: 5000 }), (k, runMs) => {
        const { everProven, mostInFlight } = course(k, 300_000, runMs);
        expect(everProven).toBeLessThanOrEqual(k);
        expect(mostInFlight).toBeLessThanOrEqual(k + 1);
      }),
      { numRuns: 40 },
    );
  });

  test("k is reached while demand goes on, one probe at a time", () => {
    fc.assert(
      fc.property(slots, (k) => {
        const { reachedAt, proven } = course(k, 300_000);
        expect(proven).toBe(k);
        expect(reachedAt).toBeLessThanOrEqual(k * 12_000);
      }),
      { numRuns: 20 },
    );
  });

  test("k stays while demand goes on for an hour, refuted probes or not", () => {
    for (const k of [1, 2, 4]) expect(course(k, 3_600_000).proven).toBe(k);
  });
});

describe("whatever happens", () => {
  const action = fc.record({
    kind: fc.constantFrom("begin", "firstByte", "end", "busy", "wait"),
    id: fc.nat(9),
    ms: fc.integer({ min: 1, max: 20_000 }),
  });

  test("the limit stays within its bounds and the proven number within what overlapped", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 80, size: "max" }), fc.integer({ min: 1, max: 6 }), (actions, max) => {
        const learner = createLearner({ max });
        const inFlight = new Set<number>();
        let now = 0;
        const apply = {
          begin: (id: number) => {
            if (!inFlight.has(id)) learner.begin(id, now);
            inFlight.add(id);
          },
          firstByte: (id: number) => learner.firstByte(id, now),
          end: (id: number) => {
            learner.end(id);
            inFlight.delete(id);
          },
          busy: () => learner.busy(now),
          wait: () => undefined,
        };
        let mostOverlapping = 1;
        for (const { kind, id, ms } of actions) {
          apply[kind](id);
          mostOverlapping = Math.max(mostOverlapping, inFlight.size);
          expect(learner.provenLimit()).toBeGreaterThanOrEqual(1);
          expect(learner.provenLimit()).toBeLessThanOrEqual(Math.min(max, mostOverlapping));
          expect(learner.limit(now, false)).toBe(learner.provenLimit());
          expect(learner.limit(now, true) - learner.provenLimit()).toBeOneOf([0, 1]);
          expect(learner.limit(now, true)).toBeLessThanOrEqual(max);
          now += kind === "wait" ? ms : 1;
        }
      }),
    );
  });
});
