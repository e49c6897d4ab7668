import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeFolder } from "./make-folder.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "herd-folder-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test("makes a folder and those above it, closed to others; an existing one stays", () => {
  const path = join(home, "a", "b");
  makeFolder(path, 0o700);
  makeFolder(path, 0o700);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test("says so where a file stands in the way", () => {
  writeFileSync(join(home, "file"), "");
  expect(() => makeFolder(join(home, "file", "below"), 0o700)).toThrow(/ENOTDIR|EEXIST/);
});

test.runIf(existsSync("/proc/self"))("comes back where the system lets nobody make a folder", () => {
  expect(() => makeFolder("/proc/herd/below", 0o700)).toThrow(/ENOENT|EACCES|EROFS|EPERM/);
});
