import { type ChildProcess, spawn } from "node:child_process";
import { expect, test } from "vitest";
import { keepRunning } from "./keep-running.ts";

/** Starts a Node that does what a line of code says. */
const running = (code: string): ChildProcess =>
  spawn(process.execPath, ["-e", code], { stdio: ["ignore", "ignore", "inherit", "ipc"] });

const WAITS = "process.on('disconnect', () => process.exit(0)); setInterval(() => undefined, 1000)";

test("a child that ends by itself is started again, until it is not worth it any more", async () => {
  const ends: object[] = [];
  const last = Promise.withResolvers<void>();
  keepRunning({
    spawn: () => running("process.exit(7)"),
    mayReturn: (_code, endsInARow) => endsInARow < 2,
    onEnded: (end) => {
      ends.push(end);
      if (end.isLast) last.resolve();
    },
    dismiss: (child) => child.kill(),
  });
  await last.promise;
  expect(ends).toEqual([
    { code: 7, isLast: false },
    { code: 7, isLast: true },
  ]);
});

test("a child is stopped in its own way, and that is no end by itself", async () => {
  const children: ChildProcess[] = [];
  const ends: object[] = [];
  const kept = keepRunning({
    spawn: () => {
      const child = running(WAITS);
      children.push(child);
      return child;
    },
    mayReturn: () => true,
    onEnded: (end) => ends.push(end),
    dismiss: (child) => child.disconnect(),
  });
  await kept.stop();
  expect([children.length, children[0]?.exitCode, ends]).toEqual([1, 0, []]);
  await kept.stop();
});

test("a child is killed at once when it has to be", async () => {
  const child = running(WAITS);
  const kept = keepRunning({
    spawn: () => child,
    mayReturn: () => true,
    onEnded: () => undefined,
    dismiss: () => undefined,
  });
  const end = new Promise((resolve) => child.once("exit", (_code, signal) => resolve(signal)));
  kept.kill();
  expect(await end).toBe("SIGKILL");
});
