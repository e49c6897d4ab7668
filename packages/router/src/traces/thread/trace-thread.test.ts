import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import Sqlite from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "../../storage/testing/open-store.ts";
import { createTraceRecorder } from "../record.ts";
import { traceInput } from "../testing/trace-input.ts";
import { createTraceThread } from "./trace-thread.ts";

/** A recorder with a real thread; its timers run on the store's manual clock. */
function recording({ program = new URL("./write-rows-worker.ts", import.meta.url), backlog = 10_000 } = {}) {
  const store = openStore();
  const { connection, flusher, clock, path } = store;
  const breakdowns: unknown[] = [];
  const told = Promise.withResolvers<void>();
  const thread = createTraceThread({
    program,
    path,
    onBreakdown: (error) => {
      breakdowns.push(error);
      told.resolve();
    },
  });
  onTestFinished(() => thread.close(1000));
  const beside = { thread, schedule: clock.schedule, isInPlace: store.isInPlace };
  const recorder = createTraceRecorder({ connection, flusher, backlog, beside });
  const ids = (): string[] =>
    connection.prepare<[], string>("SELECT request_id FROM request_traces ORDER BY id").pluck().all();
  const settled = async (): Promise<void> => {
    while (recorder.counts().pending > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(10);
    }
  };
  const recordMany = (count: number, from = 0): string[] => {
    const names = Array.from({ length: count }, (_, index) => `r${from + index}`);
    for (const requestId of names) recorder.record(traceInput({ requestId }));
    return names;
  };
  return { ...store, recorder, thread, ids, settled, recordMany, breakdowns, brokenDown: told.promise };
}

/** The same, when the thread has started: nothing is written by anybody else then, unless the thread cannot. */
async function recordingBeside(options: { readonly backlog?: number } = {}) {
  const parts = recording(options);
  await expect.poll(() => parts.thread.isUsable(), { timeout: 10_000 }).toBe(true);
  return parts;
}

test("rows are on disk with their attempts and observation, in their order, and none twice", async () => {
  const { recordMany, settled, ids, recorder, connection } = await recordingBeside();
  const names = recordMany(700);
  await settled();
  expect(ids()).toEqual(names);
  expect(recorder.counts()).toEqual({ written: 700, dropped: 0, pending: 0 });
  const attempts = "SELECT count(*) FROM request_attempts JOIN request_traces ON trace_id = id";
  expect(connection.prepare(attempts).pluck().get()).toBe(700);
  expect(connection.prepare("SELECT count(*) FROM latency_observations").pluck().get()).toBe(700);
  expect(connection.prepare("SELECT sum(requests) FROM usage_hourly").pluck().get()).toBe(700);
});

test("rows do not wait for the thread to start; once it has, it writes them", async () => {
  const { recordMany, settled, ids, thread, clock } = recording();
  const first = recordMany(3);
  clock.advance(100);
  expect(ids()).toEqual(first);
  await expect.poll(() => thread.isUsable(), { timeout: 10_000 }).toBe(true);
  const second = recordMany(3, 3);
  clock.advance(100);
  expect(ids()).toEqual([...first, ...second]);
  const third = recordMany(3, 6);
  clock.advance(100);
  expect(ids()).toEqual([...first, ...second]);
  await settled();
  expect(ids()).toEqual([...first, ...second, ...third]);
});

test("closing waits for what is under way and leaves the rest to the flusher", async () => {
  const { recordMany, ids, recorder, flusher } = await recordingBeside();
  const names = recordMany(300);
  recorder.close();
  flusher.close();
  expect(ids()).toEqual(names);
  expect(recorder.counts()).toEqual({ written: 300, dropped: 0, pending: 0 });
});

test("rows that the thread cannot write wait for the flusher, which says why, and go on beside afterwards", async () => {
  const { recordMany, settled, ids, path, clock, states, recorder } = await recordingBeside();
  const other = new Sqlite(path);
  onTestFinished(() => void other.close());
  other.exec("BEGIN IMMEDIATE");
  const names = recordMany(130);
  while (states.length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    clock.advance(100);
  }
  expect(states).toMatchObject([{ kind: "failing", problem: "locked" }]);
  expect(recorder.counts()).toEqual({ written: 0, dropped: 0, pending: 130 });
  other.exec("COMMIT");
  await settled();
  names.push(...recordMany(5, 130));
  await settled();
  expect(ids()).toEqual(names);
});

test("a thread that breaks down is told once, and nothing is lost", async () => {
  const { folder } = openStore();
  const program = join(folder, "broken.mjs");
  writeFileSync(program, "throw new Error('no such thing');");
  const { recordMany, brokenDown, breakdowns, settled, ids, thread } = recording({ program: pathToFileURL(program) });
  const names = recordMany(10);
  const done = settled();
  await brokenDown;
  await done;
  names.push(...recordMany(200, 10));
  await settled();
  expect(ids()).toEqual(names);
  expect(thread.isUsable()).toBe(false);
  expect(breakdowns).toHaveLength(1);
});

test("nothing is written into a file that was moved away", async () => {
  const { recordMany, settled, ids, path, clock, states } = await recordingBeside();
  recordMany(3);
  await settled();
  renameSync(path, `${path}.away`);
  recordMany(4, 3);
  clock.advance(5000);
  expect(states.at(-1)).toMatchObject({ kind: "failing", problem: "moved" });
  expect(ids()).toHaveLength(3);
  renameSync(`${path}.away`, path);
  await settled();
  expect(ids()).toHaveLength(7);
});

test("the bound holds for what is under way, too: the oldest go first", async () => {
  const { recordMany, settled, ids, path, recorder, clock, states } = await recordingBeside({ backlog: 150 });
  const other = new Sqlite(path);
  onTestFinished(() => void other.close());
  other.exec("BEGIN IMMEDIATE");
  const names = recordMany(400);
  while (states.length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    clock.advance(100);
  }
  other.exec("COMMIT");
  await settled();
  expect(ids()).toEqual(names.slice(-150));
  expect(recorder.counts()).toEqual({ written: 150, dropped: 250, pending: 0 });
});
