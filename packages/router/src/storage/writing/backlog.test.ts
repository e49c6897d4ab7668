import fc from "fast-check";
import { expect, test } from "vitest";
import { createBacklog } from "./backlog.ts";

test("keeps the newest items in order, whatever is pushed and dropped", () => {
  const step = fc.oneof(fc.constant("push" as const), fc.nat({ max: 5 }));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.array(step, { maxLength: 200 }), (capacity, steps) => {
      const backlog = createBacklog<number>(capacity);
      let model: number[] = [];
      let next = 0;
      for (const action of steps) {
        if (action === "push") {
          const lost = model.length === capacity ? 1 : 0;
          expect(backlog.push(next)).toBe(lost);
          model = [...model, next].slice(-capacity);
          next += 1;
        } else {
          const count = Math.min(action, model.length);
          backlog.drop(count);
          model = model.slice(count);
        }
        expect(backlog.size).toBe(model.length);
        expect(backlog.peek(3)).toEqual(model.slice(0, 3));
      }
      expect(backlog.peek(Number.MAX_SAFE_INTEGER)).toEqual(model);
    }),
  );
});

test("keeps its order over many thousand items with a full queue", () => {
  const backlog = createBacklog<number>(1500);
  for (let item = 0; item < 10_000; item += 1) backlog.push(item);
  expect(backlog.size).toBe(1500);
  expect(backlog.peek(2)).toEqual([8500, 8501]);
});
