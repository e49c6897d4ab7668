import { expect, test } from "vitest";
import { createSignalRule } from "./signal-rule.ts";

test("the first signal ends in order, what comes with it means nothing, a later one ends at once", () => {
  let now = 5_000;
  const order = createSignalRule(() => now);
  const orders = [0, 1, 249, 250, 251, 60_000].map((afterMs) => {
    now = 5_000 + afterMs;
    return order();
  });
  expect(orders).toEqual(["in-order", "nothing", "nothing", "nothing", "at-once", "at-once"]);
});
