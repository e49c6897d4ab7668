import fc from "fast-check";
import { expect, test } from "vitest";
import { createBacklog } from "./backlog.ts";

/** The queue as it should be: a plain list. */
class Model {
  items: number[] = [];
  #next = 0;
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  fresh(count: number): number[] {
    return Array.from({ length: count }, () => this.#next++);
  }

  /** Returns how many had to go. */
  keep(items: readonly number[]): number {
    this.items = items.slice(-this.#capacity);
    return items.length - this.items.length;
  }
}

test("keeps the newest items in order, whatever is pushed, dropped and put back", () => {
  const step = fc.oneof(fc.constantFrom("push" as const, "put back" as const), fc.nat({ max: 5 }));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.array(step, { maxLength: 200 }), (capacity, steps) => {
      const backlog = createBacklog<number>(capacity);
      const model = new Model(capacity);
      const push = (): void => {
        const [item = 0] = model.fresh(1);
        expect(backlog.push(item)).toBe(model.keep([...model.items, item]));
      };
      const putBack = (): void => {
        const older = model.fresh(3);
        expect(backlog.putBack(older)).toBe(model.keep([...older, ...model.items]));
      };
      const drop = (wanted: number): void => {
        const count = Math.min(wanted, model.items.length);
        backlog.drop(count);
        model.keep(model.items.slice(count));
      };
      for (const action of steps) {
        if (action === "push") push();
        else if (action === "put back") putBack();
        else drop(action);
        expect(backlog.size).toBe(model.items.length);
        expect(backlog.peek(3)).toEqual(model.items.slice(0, 3));
      }
      expect(backlog.peek(Number.MAX_SAFE_INTEGER)).toEqual(model.items);
    }),
  );
});

test("keeps its order over many thousand items with a full queue", () => {
  const backlog = createBacklog<number>(1500);
  for (let item = 0; item < 10_000; item += 1) backlog.push(item);
  expect(backlog.size).toBe(1500);
  expect(backlog.peek(2)).toEqual([8500, 8501]);
});
