import fc from "fast-check";
import { expect, test } from "vitest";
import { HeldBytes } from "./held-bytes.ts";

const total = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0);

test("the bytes held together never pass the bound, and all come back", () => {
  const step = fc.record({ size: fc.nat(60), gives: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
      const held = new HeldBytes({ perBody: 50, together: 100 });
      const taken: number[] = [];
      const takeOrRefuse = (size: number): void => {
        const isTaken = held.take(size);
        expect(isTaken).toBe(total(taken) + size <= 100);
        if (isTaken) taken.push(size);
      };
      for (const { size, gives } of steps) {
        if (gives) held.give(taken.shift() ?? 0);
        else takeOrRefuse(size);
        expect(held.held()).toBe(total(taken));
      }
      for (const size of taken) held.give(size);
      expect(held.held()).toBe(0);
    }),
  );
});
