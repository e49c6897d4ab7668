import fc from "fast-check";
import { expect, test } from "vitest";
import { createNonceMemory } from "./nonce-memory.ts";

test("no call is ever accepted twice, whatever the order, the times and the size of the memory", () => {
  const call = fc.record({ nonce: fc.integer({ min: 0, max: 30 }).map(String), time: fc.integer({ min: 1, max: 50 }) });
  fc.assert(
    fc.property(fc.array(call, { maxLength: 200 }), fc.integer({ min: 1, max: 20 }), (calls, capacity) => {
      const memory = createNonceMemory({ notBefore: 0, capacity });
      const accepted = calls
        .filter(({ nonce, time }) => memory.accept(nonce, time))
        .map(({ nonce, time }) => `${nonce} ${time}`);
      expect(new Set(accepted).size).toBe(accepted.length);
    }),
  );
});

test("calls with rising times and new nonces are all accepted, however many", () => {
  const memory = createNonceMemory({ notBefore: 0, capacity: 10 });
  const outcomes = Array.from({ length: 1000 }, (_, index) => memory.accept(`n${index}`, 1 + index));
  expect(outcomes.every(Boolean)).toBe(true);
});

test("a call from before the start is refused: it may have been accepted by the run before", () => {
  const memory = createNonceMemory({ notBefore: 1000 });
  expect(memory.accept("a", 1000)).toBe(false);
  expect(memory.accept("a", 1001)).toBe(true);
});
