import { readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fingerprintOfContent, fingerprintOfTimes, readStamp, writeStamp } from "./stamp.mjs";
import { writeTree } from "./testing/write-tree.ts";

const anyName = () => true;

test("the fingerprint of contents changes with a byte, with a missing file and with what else matters", () => {
  using tree = writeTree({ "pnpm-lock.yaml": "a" });
  const file = join(tree.root, "pnpm-lock.yaml");
  const first = fingerprintOfContent([file], ["linux"]);
  expect(fingerprintOfContent([file], ["linux"])).toBe(first);
  expect(fingerprintOfContent([file], ["darwin"])).not.toBe(first);
  writeFileSync(file, "b");
  expect(fingerprintOfContent([file], ["linux"])).not.toBe(first);
  rmSync(file);
  expect(fingerprintOfContent([file], ["linux"])).not.toBe(first);
});

test("the fingerprint of times changes when a file below is touched, added or removed, and not for files that do not matter", () => {
  using tree = writeTree({ "src/a.ts": "a", "src/deep/b.ts": "b", "src/a.test.ts": "t" });
  const now = () => fingerprintOfTimes([join(tree.root, "src")], (name) => !name.includes(".test."));
  const first = now();
  expect(now()).toBe(first);
  writeFileSync(join(tree.root, "src/a.test.ts"), "longer");
  expect(now()).toBe(first);
  utimesSync(join(tree.root, "src/deep/b.ts"), 1, 1);
  const touched = now();
  expect(touched).not.toBe(first);
  writeFileSync(join(tree.root, "src/deep/c.ts"), "");
  expect(now()).not.toBe(touched);
  rmSync(join(tree.root, "src/deep/c.ts"));
  expect(now()).toBe(touched);
});

test("a folder that is not there has a fingerprint too", () => {
  using tree = writeTree({});
  expect(fingerprintOfTimes([join(tree.root, "src")], anyName)).toMatch(/^[0-9a-f]{64}$/);
});

test("a stamp reads back as it was written and leaves nothing unfinished behind", () => {
  using tree = writeTree({});
  const file = join(tree.root, "compiled.stamp");
  expect(readStamp(file)).toBeUndefined();
  writeStamp(file, "one");
  writeStamp(file, "two");
  expect(readStamp(file)).toBe("two");
  expect(readdirSync(tree.root)).toEqual(["compiled.stamp"]);
});
