import { nodeId } from "@herd/shared";
import { expect, test } from "vitest";
import { RunningAttempts } from "./running-attempts.ts";

test("all attempts on a node end together, those elsewhere go on", () => {
  const running = new RunningAttempts();
  const ended: string[] = [];
  running.add(nodeId("a"), (detail) => ended.push(`1 ${detail}`));
  running.add(nodeId("a"), (detail) => ended.push(`2 ${detail}`));
  running.add(nodeId("b"), (detail) => ended.push(`3 ${detail}`));
  expect(running.endAll(nodeId("a"), "vanished")).toBe(2);
  expect(ended).toEqual(["1 vanished", "2 vanished"]);
  expect(running.endAll(nodeId("c"), "vanished")).toBe(0);
});

test("an attempt that has ended is not ended again", () => {
  const running = new RunningAttempts();
  const ended: string[] = [];
  const forget = running.add(nodeId("a"), () => ended.push("1"));
  forget();
  forget();
  expect([running.endAll(nodeId("a"), "late"), ended]).toEqual([0, []]);
});

test("everything ends at once, also while attempts take themselves out", () => {
  const running = new RunningAttempts();
  const ended: string[] = [];
  for (const [node, name] of [
    ["a", "1"],
    ["a", "2"],
    ["b", "3"],
  ] as const) {
    const forget = running.add(nodeId(node), () => {
      forget();
      ended.push(name);
    });
  }
  running.endEverything("stopping");
  expect(ended).toEqual(["1", "2", "3"]);
});
