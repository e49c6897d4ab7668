import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RetryBudget } from "./retry-budget.ts";

function granted(budget: RetryBudget, tries: number, now: number): number {
  let count = 0;
  for (let attempt = 0; attempt < tries; attempt += 1) count += budget.take(now) ? 1 : 0;
  return count;
}

describe("the retry budget", () => {
  test("grants ten retries a minute however few requests there are", () => {
    expect(granted(new RetryBudget(() => 20), 50, 1_000_000)).toBe(10);
  });

  test("grants a fifth of the last minute's requests", () => {
    const budget = new RetryBudget(() => 20);
    for (let request = 0; request < 500; request += 1) budget.request(1_000_000);
    expect(granted(budget, 500, 1_000_001)).toBe(100);
  });

  test("forgets what is older than a minute", () => {
    const budget = new RetryBudget(() => 20);
    for (let request = 0; request < 500; request += 1) budget.request(0);
    expect(granted(budget, 500, 50_000)).toBe(100);
    expect(granted(budget, 500, 61_000)).toBe(0);
    expect(granted(budget, 500, 120_000)).toBe(10);
  });

  test("starts anew after a long silence", () => {
    const budget = new RetryBudget(() => 20);
    granted(budget, 10, 0);
    expect(granted(budget, 50, 10_000_000)).toBe(10);
  });

  test("never grants more than its share of the last minute, or ten", () => {
    const step = fc.record({ isRequest: fc.boolean(), count: fc.nat(40), ms: fc.nat(20_000) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: "max" }), fc.integer({ min: 0, max: 100 }), (steps, pct) => {
        const model = new Model(pct);
        for (const { isRequest, count, ms } of steps) {
          model.pass(ms);
          if (isRequest) model.request(count);
          else model.takeAndCheck(count);
        }
      }),
    );
  });
});

/** Remembers every request and retry. Counts are kept in twelfths of a minute, so the window's edge is that wide. */
class Model {
  readonly #budget: RetryBudget;
  readonly #share: number;
  readonly #requests: number[] = [];
  readonly #retries: number[] = [];
  #now = 0;

  constructor(pct: number) {
    this.#budget = new RetryBudget(() => pct);
    this.#share = pct / 100;
  }

  pass(ms: number): void {
    this.#now += ms;
  }

  request(count: number): void {
    for (let one = 0; one < count; one += 1) this.#budget.request(this.#now);
    this.#requests.push(...Array.from({ length: count }, () => this.#now));
  }

  takeAndCheck(count: number): void {
    const taken = granted(this.#budget, count, this.#now);
    if (taken === 0) return;
    this.#retries.push(...Array.from({ length: taken }, () => this.#now));
    const within = (times: readonly number[], ms: number): number => times.filter((at) => at > this.#now - ms).length;
    const most = Math.max(10, within(this.#requests, 60_000) * this.#share);
    expect(within(this.#retries, 55_000)).toBeLessThanOrEqual(most);
  }
}
