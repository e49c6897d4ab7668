import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSlots } from "./slots.ts";

const open = () => new AbortController().signal;

describe("the slots of a runner", () => {
  test("are given first come first served", async () => {
    const slots = createSlots(1);
    const first = await slots.take("a", open());
    const order: string[] = [];
    const others = ["second", "third"].map(async (name) => {
      const slot = await slots.take(name, open());
      order.push(name);
      slot.release();
    });
    first.release();
    await Promise.all(others);
    expect(order).toEqual(["second", "third"]);
  });

  test("remember the prompt that was read in them", async () => {
    const slots = createSlots(1);
    (await slots.take("hello world", open())).release("hello world, it is me");
    expect((await slots.take("hello world, you", open())).rememberedCharacters).toBe("hello world, ".length);
  });

  test("give a prompt the place that remembers most of it", async () => {
    const slots = createSlots(2);
    const one = await slots.take("one", open());
    const two = await slots.take("two", open());
    one.release("one long story");
    two.release("two long stories");
    expect((await slots.take("two long stories more", open())).rememberedCharacters).toBe("two long stories".length);
  });

  test("are not lost when somebody who waits leaves", async () => {
    const slots = createSlots(1);
    const held = await slots.take("a", open());
    const leaver = new AbortController();
    const leaving = slots.take("b", leaver.signal);
    const staying = slots.take("c", open());
    leaver.abort();
    await expect(leaving).rejects.toThrow();
    held.release();
    (await staying).release();
    expect(slots.active()).toBe(0);
  });

  test("are never held by more than there are, and everybody who stays gets one", async () => {
    const visit = fc.record({ leaves: fc.boolean(), turns: fc.integer({ min: 0, max: 3 }) });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(visit, { maxLength: 20 }), async (count, visits) => {
        const slots = createSlots(count);
        let most = 0;
        const served = await Promise.all(
          visits.map(async ({ leaves, turns }, index) => {
            const controller = new AbortController();
            const taking = slots.take(String(index), controller.signal);
            if (leaves) controller.abort();
            const slot = await taking.catch(() => undefined);
            most = Math.max(most, slots.active());
            for (let turn = 0; turn < turns; turn++) await Promise.resolve();
            slot?.release();
            return slot !== undefined || leaves;
          }),
        );
        expect(most).toBeLessThanOrEqual(count);
        expect(served).not.toContain(false);
        expect(slots.active()).toBe(0);
      }),
    );
  });
});
