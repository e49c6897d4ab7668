import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, utimesSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { staleAfter, withLock } from "./lock.mjs";
import { writeTree } from "./testing/write-tree.ts";

const silent = () => undefined;

/** A process of its own that takes the lock and notes when it begins and ends. */
const contender = (root: string) =>
  spawn(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `import { appendFileSync } from "node:fs";
       import { withLock } from ${JSON.stringify(join(import.meta.dirname, "lock.mjs"))};
       const note = (text) => appendFileSync("notes", text + " " + process.pid + "\\n");
       const work = async () => { note("begin"); await new Promise((go) => setTimeout(go, 30)); note("end"); };
       await withLock({ folder: "lock", onWait: () => {}, work });`,
    ],
    { cwd: root, stdio: "inherit" },
  );

/** The id of a process that has ended. */
const endedPid = async (): Promise<number> => {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "close");
  return child.pid ?? 0;
};

const ownedBy = (pid: number, host = hostname()) => ({ "lock/owner.json": JSON.stringify({ pid, host }) });

test("several processes that want the lock at once work one after the other", async () => {
  using tree = writeTree({});
  const ends = Array.from({ length: 5 }, () => once(contender(tree.root), "close"));
  expect((await Promise.all(ends)).map(([code]) => code)).toEqual([0, 0, 0, 0, 0]);
  const notes = readFileSync(join(tree.root, "notes"), "utf8").trim().split("\n");
  expect(notes).toHaveLength(10);
  for (let index = 0; index < notes.length; index += 2) {
    expect(notes[index + 1]).toBe(notes[index]?.replace("begin", "end"));
  }
});

test("several waiters take a dead owner's lock over one after the other", async () => {
  using tree = writeTree(ownedBy(await endedPid()));
  const ends = Array.from({ length: 4 }, () => once(contender(tree.root), "close"));
  await Promise.all(ends);
  const notes = readFileSync(join(tree.root, "notes"), "utf8").trim().split("\n");
  expect(notes.map((note) => note.split(" ")[0])).toEqual(Array.from({ length: 4 }, () => ["begin", "end"]).flat());
});

test("a living owner is waited for, and named", async () => {
  using tree = writeTree({});
  const folder = join(tree.root, "lock");
  const order: string[] = [];
  const waiting = Promise.withResolvers<number>();
  await withLock({
    folder,
    onWait: silent,
    work: async () => {
      const second = withLock({ folder, onWait: waiting.resolve, work: async () => order.push("second") });
      expect(await waiting.promise).toBe(process.pid);
      order.push("first");
      setImmediate(() => second.catch(waiting.reject));
    },
  });
  await expect.poll(() => order).toEqual(["first", "second"]);
});

test("a lock that nobody has touched for long is taken over even when its process id is in use", async () => {
  using tree = writeTree(ownedBy(process.ppid, "another-machine"));
  const longAgo = new Date(Date.now() - 2 * staleAfter);
  utimesSync(join(tree.root, "lock", "owner.json"), longAgo, longAgo);
  expect(await withLock({ folder: join(tree.root, "lock"), onWait: silent, work: async () => "done" })).toBe("done");
});

test("the lock is given back when the work fails", async () => {
  using tree = writeTree({});
  const folder = join(tree.root, "lock");
  const failing = withLock({ folder, onWait: silent, work: () => Promise.reject(new Error("disk full")) });
  await expect(failing).rejects.toThrow("disk full");
  expect(existsSync(folder)).toBe(false);
});
