import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Breakers } from "./breaker.ts";

const KEY = "node/ollama";

/** Breakers on which this many calls in a row have failed at `at`. */
function failedTimes(count: number, at = 0): Breakers {
  const breakers = new Breakers();
  for (let failure = 0; failure < count; failure += 1) breakers.failed(KEY, at);
  return breakers;
}

/** How long it rests from `now` on, to the millisecond. */
function restOf(breakers: Breakers, now: number): number {
  let rest = 0;
  while (breakers.state(KEY, now + rest) === "open") rest += 1;
  return rest;
}

describe("a breaker", () => {
  test("stays closed after one or two failures in a row, and opens at the third", () => {
    expect([0, 1, 2, 3].map((count) => failedTimes(count).state(KEY, 0))).toEqual([
      "closed",
      "closed",
      "closed",
      "open",
    ]);
  });

  test("counts failures in a row only: any success starts anew", () => {
    const breakers = failedTimes(2);
    breakers.succeeded(KEY);
    breakers.failed(KEY, 0);
    breakers.failed(KEY, 0);
    expect(breakers.state(KEY, 0)).toBe("closed");
  });

  test("is about one backend and no other", () => {
    expect(failedTimes(9).state("other/ollama", 0)).toBe("closed");
  });

  test("lets one request try after its rest, and no second while that is out", () => {
    const breakers = failedTimes(3);
    expect([breakers.state(KEY, 999), breakers.state(KEY, 1000)]).toEqual(["open", "half-open"]);
    breakers.began(KEY, 1000);
    expect(breakers.state(KEY, 100_000)).toBe("open");
  });

  test("closes when that request ends well", () => {
    const breakers = failedTimes(3);
    breakers.began(KEY, 1000);
    breakers.succeeded(KEY);
    expect(breakers.state(KEY, 1001)).toBe("closed");
    breakers.failed(KEY, 1001);
    expect(breakers.state(KEY, 1001)).toBe("closed");
  });

  test("closes at the first byte of that request, but opens again at the next failure, with a longer rest", () => {
    const breakers = failedTimes(3);
    breakers.began(KEY, 1000);
    breakers.answered(KEY);
    expect(breakers.state(KEY, 1001)).toBe("closed");
    breakers.failed(KEY, 1002);
    expect(restOf(breakers, 1002)).toBe(2000);
  });

  test("takes no notice of first bytes of other requests", () => {
    const breakers = failedTimes(3);
    breakers.answered(KEY);
    expect(breakers.state(KEY, 0)).toBe("open");
  });

  test("rests twice as long after each failed try, at most half a minute", () => {
    const breakers = failedTimes(3);
    let now = 0;
    const rests = [1, 2, 3, 4, 5, 6, 7].map(() => {
      const rest = restOf(breakers, now);
      now += rest;
      breakers.began(KEY, now);
      breakers.failed(KEY, now);
      return rest;
    });
    expect(rests).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  test("rests no longer when many requests fail in one breakdown", () => {
    expect(restOf(failedTimes(50), 0)).toBe(1000);
  });

  test("lets another request try when the first told nothing", () => {
    const breakers = failedTimes(3);
    breakers.began(KEY, 1000);
    breakers.abandoned(KEY);
    expect(breakers.state(KEY, 1001)).toBe("half-open");
  });

  test("lets a request try at once when there is news of the backend, and begins with a short rest again", () => {
    const breakers = failedTimes(3);
    breakers.began(KEY, 1000);
    breakers.failed(KEY, 1000);
    breakers.mayTryAnyOf("node");
    expect(breakers.state(KEY, 1001)).toBe("half-open");
    breakers.began(KEY, 1001);
    breakers.failed(KEY, 1001);
    expect(restOf(breakers, 1001)).toBe(1000);
  });
});

describe("whatever happens", () => {
  const event = fc.record({
    kind: fc.constantFrom("send", "succeed", "fail", "fail", "answer", "abandon", "news", "wait"),
    ms: fc.integer({ min: 1, max: 40_000 }),
  });

  test("it opens only after three failures in a row, and lets at most one request through until that has ended", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 80, size: "max" }), (events) => {
        const breakers = new Breakers();
        const model = new Model(breakers);
        for (const { kind, ms } of events) {
          model.apply(kind, ms);
          model.check();
        }
      }),
    );
  });
});

/** What must be true of a breaker, kept beside it. */
class Model {
  readonly #breakers: Breakers;
  #now = 0;
  #failuresInRow = 0;
  #isCanaryOut = false;
  #lastFailureAt = 0;

  constructor(breakers: Breakers) {
    this.#breakers = breakers;
  }

  apply(kind: string, ms: number): void {
    const before = this.#breakers.state(KEY, this.#now);
    switch (kind) {
      case "send":
        this.#breakers.began(KEY, this.#now);
        this.#isCanaryOut ||= before === "half-open";
        break;
      case "succeed":
        this.#breakers.succeeded(KEY);
        this.#failuresInRow = 0;
        this.#isCanaryOut = false;
        break;
      case "fail":
        this.#breakers.failed(KEY, this.#now);
        this.#failuresInRow += 1;
        this.#lastFailureAt = this.#now;
        this.#isCanaryOut = false;
        break;
      case "answer":
        this.#breakers.answered(KEY);
        if (this.#isCanaryOut) this.#failuresInRow = 2;
        this.#isCanaryOut = false;
        break;
      case "abandon":
        this.#breakers.abandoned(KEY);
        this.#isCanaryOut = false;
        break;
      case "news":
        this.#breakers.mayTryAnyOf("node");
        break;
      default:
        this.#now += ms;
    }
  }

  check(): void {
    const state = this.#breakers.state(KEY, this.#now);
    expect(state === "closed").toBe(this.#failuresInRow < 3);
    if (this.#isCanaryOut) expect(state).toBe("open");
    else expect(this.#breakers.state(KEY, this.#lastFailureAt + 30_000)).not.toBe("open");
  }
}
