import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLogFile, type LogFile } from "./log-file.ts";

const DAY_MS = 86_400_000;
const noon = Date.UTC(2026, 4, 10, 12);

let directory: string;
let now: number;
let troubles: string[];
let file: LogFile;

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), "herd-log-")), "logs");
  now = noon;
  troubles = [];
  file = open();
});
afterEach(() => {
  file.close();
  rmSync(join(directory, ".."), { recursive: true, force: true });
});

const open = (name = "herd.jsonl") =>
  createLogFile({ directory, name, clock: () => now, onTrouble: (sentence) => troubles.push(sentence) });
const read = (name = "herd.jsonl") => readFileSync(join(directory, name), "utf8");

test("lines reach the file by themselves, in order, and only their owner can read it", async () => {
  file.write("one\n");
  file.write("two\n");
  await expect.poll(() => readdirSync(directory).length, { timeout: 5000 }).toBe(1);
  expect(read()).toBe("one\ntwo\n");
  expect(statSync(join(directory, "herd.jsonl")).mode & 0o777).toBe(0o600);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
});

test("at UTC midnight the file is set aside under its day", () => {
  file.write("first day\n");
  file.flush();
  now += DAY_MS;
  file.write("second day\n");
  file.flush();
  expect(read("herd.jsonl.2026-05-10")).toBe("first day\n");
  expect(read()).toBe("second day\n");
});

test("a file of an earlier day that a restart finds is set aside as well", () => {
  mkdirSync(directory);
  writeFileSync(join(directory, "herd.jsonl"), "before\n");
  utimesSync(join(directory, "herd.jsonl"), (now - DAY_MS) / 1000, (now - DAY_MS) / 1000);
  file.write("after\n");
  file.flush();
  expect(read("herd.jsonl.2026-05-09")).toBe("before\n");
  expect(read()).toBe("after\n");
});

test("a file that was set aside is never overwritten: the next one of its day gets a number", () => {
  mkdirSync(directory);
  writeFileSync(join(directory, "herd.jsonl.2026-05-10"), "kept\n");
  file.write("first day\n");
  file.flush();
  now += DAY_MS;
  file.write("second day\n");
  file.flush();
  expect(read("herd.jsonl.2026-05-10")).toBe("kept\n");
  expect(read("herd.jsonl.2026-05-10.1")).toBe("first day\n");
  expect(read()).toBe("second day\n");
});

test("a file that has got too large is set aside, and only so many are kept, the newest", () => {
  const small = createLogFile({ directory, name: "small.jsonl", clock: () => now, largest: 20, keptFiles: 3 });
  for (let part = 0; part < 13; part += 1) {
    small.write(`this is part ${String(part).padStart(2, "0")}\n`.padEnd(30, "."));
    small.flush();
  }
  small.close();
  const kept = readdirSync(directory).filter((name) => name.startsWith("small.jsonl."));
  expect(kept).toHaveLength(3);
  const texts = kept.map(read);
  for (const part of ["09", "10", "11"]) expect(texts.join()).toContain(`this is part ${part}`);
  expect(read("small.jsonl")).toContain("this is part 12");
});

test("thirty older days are kept, of this log only", () => {
  mkdirSync(directory);
  writeFileSync(join(directory, "herd-node.jsonl.2020-01-01"), "other\n");
  for (let day = 0; day < 40; day += 1) {
    file.write(`day ${day}\n`);
    file.flush();
    now += DAY_MS;
  }
  const older = readdirSync(directory).filter((name) => name.startsWith("herd.jsonl."));
  expect(older).toHaveLength(30);
  expect(older).not.toContain("herd.jsonl.2026-05-10");
  expect(read("herd-node.jsonl.2020-01-01")).toBe("other\n");
});

test("a folder that cannot be written costs lines, one sentence and nothing else; the loss is logged when it is over", () => {
  writeFileSync(directory, "a file stands where the folder should be");
  for (const line of ["one\n", "two\n"]) {
    file.write(line);
    file.flush();
  }
  expect(troubles).toHaveLength(1);
  expect(troubles[0]).toContain("herd.jsonl cannot be written");
  rmSync(directory);
  file.write("three\n");
  file.flush();
  expect(read()).toMatch(/"msg": "2 log lines were lost .*\n.*three\n$/);
});

test.skipIf(!existsSync("/dev/full"))("a full disk never throws", () => {
  const full = createLogFile({
    directory: "/dev",
    name: "full",
    clock: () => statSync("/dev/full").mtimeMs,
    onTrouble: (s) => troubles.push(s),
  });
  full.write("one\n");
  full.flush();
  full.close();
  expect(troubles[0]).toContain("ENOSPC");
});

test("a folder removed under a running log comes back", () => {
  file.write("one\n");
  file.flush();
  rmSync(directory, { recursive: true });
  file.write("two\n");
  file.flush();
  expect(read()).toBe("two\n");
});

test("a log whose data folder was moved away waits for it to come back, and makes none in its place", () => {
  const dataDir = join(directory, "..", "state");
  const moved = `${dataDir}-elsewhere`;
  const inside = createLogFile({
    directory: join(dataDir, "logs"),
    name: "herd.jsonl",
    clock: () => now,
    onTrouble: (sentence) => troubles.push(sentence),
  });
  const put = (line: string): void => {
    inside.write(line);
    inside.flush();
  };
  mkdirSync(dataDir);
  put("one\n");
  renameSync(dataDir, moved);
  put("two\n");
  put("three\n");
  expect([existsSync(dataDir), troubles.length]).toEqual([false, 1]);
  renameSync(moved, dataDir);
  put("four\n");
  expect(readFileSync(join(dataDir, "logs", "herd.jsonl"), "utf8")).toMatch(
    /^one\n.*"2 log lines were lost .*\nfour\n$/,
  );
  inside.close();
});

test("many lines at once are written without waiting for the timer", () => {
  for (let line = 0; line < 3000; line += 1) file.write(`${"x".repeat(99)}\n`);
  expect(statSync(join(directory, "herd.jsonl")).size).toBeGreaterThan(200_000);
});

test("closing writes what is left and takes nothing more", () => {
  file.write("last\n");
  file.close();
  file.write("too late\n");
  file.flush();
  expect(read()).toBe("last\n");
});
