import { expect, test } from "vitest";
import { createRefusalLog } from "./refusal-log.ts";

const knock = (nodeId: string, address = "10.0.0.1") => ({ nodeId, address, code: "HERD_NODE_KEY_MISMATCH" });

test("refusals are counted by who said to be whom, and forgotten after a quarter of an hour", () => {
  let now = 0;
  const log = createRefusalLog(() => now);
  log.note(knock("a"));
  now = 5;
  log.note(knock("a"));
  log.note(knock("a", "10.0.0.2"));
  expect(log.recent()).toMatchObject([
    { nodeId: "a", address: "10.0.0.1", count: 2, lastAt: 5 },
    { address: "10.0.0.2", count: 1 },
  ]);
  now = 16 * 60_000;
  expect(log.recent()).toEqual([]);
});

test("a flood of names fills no memory, and old ones make room", () => {
  let now = 0;
  const log = createRefusalLog(() => now);
  for (let name = 0; name < 10_000; name += 1) log.note(knock(`n${name}`));
  expect(log.recent()).toHaveLength(50);
  now = 16 * 60_000;
  log.note(knock("new"));
  expect(log.recent()).toMatchObject([{ nodeId: "new" }]);
});
