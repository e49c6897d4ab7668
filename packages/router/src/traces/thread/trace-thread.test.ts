import { renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import Sqlite from "better-sqlite3";
import { describe, expect, onTestFinished, test } from "vitest";
import { createRetention } from "../../storage/retention/retention.ts";
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

test("the log that grew while somebody read for long is small again afterwards", async () => {
  const { recordMany, settled, path } = await recordingBeside();
  const reader = new Sqlite(path, { readonly: true });
  onTestFinished(() => void reader.close());
  reader.exec("BEGIN");
  reader.prepare("SELECT count(*) FROM request_traces").get();
  const logSize = () => statSync(`${path}-wal`).size / 2 ** 20;
  let from = 0;
  const record = async (): Promise<void> => {
    recordMany(500, from);
    from += 500;
    await settled();
  };
  while (logSize() < 24) await record();
  reader.exec("COMMIT");
  for (let lots = 0; lots < 8 && logSize() > 16; lots += 1) await record();
  expect(logSize()).toBeLessThanOrEqual(16);
});

describe("old records", () => {
  const day = 86_400_000;
  const { times } = traceInput();
  const order = (traces: number) => ({
    limits: { days: { traces, usage: 0 }, bytes: 0 },
    now: times.endedAt / 1000,
  });
  const recordOld = (requestId: string) =>
    traceInput({ requestId, times: { ...times, endedAt: times.endedAt - 3 * day } });

  test("are deleted by the thread a portion at a time, with what belongs to them, between the lots that it writes", async () => {
    const { recorder, recordMany, settled, ids, thread, connection } = await recordingBeside();
    for (let index = 0; index < 150; index += 1) recorder.record(recordOld(`old${index}`));
    await settled();
    const ends: unknown[] = [];
    const deleteSome = () =>
      new Promise<void>((resolve) => thread.deleteSome(order(1), (end) => resolve(void ends.push(end))));
    const names = recordMany(64);
    await Promise.all([deleteSome(), settled()]);
    await deleteSome();
    await deleteSome();
    expect(ends).toEqual([
      { kind: "taken", isMore: true },
      { kind: "taken", isMore: true },
      { kind: "taken", isMore: false },
    ]);
    expect(ids()).toEqual(names);
    expect(connection.prepare("SELECT count(*) FROM stored_attempts").pluck().get()).toBe(0);
  });

  test("that another program's lock keeps are told with its reason", async () => {
    const { recorder, settled, thread, path } = await recordingBeside();
    recorder.record(recordOld("old"));
    await settled();
    const other = new Sqlite(path);
    onTestFinished(() => void other.close());
    other.exec("BEGIN IMMEDIATE");
    const end = await new Promise((resolve) => thread.deleteSome(order(1), resolve));
    expect(end).toMatchObject({ kind: "failed", error: { code: "SQLITE_BUSY" } });
  });

  test("are deleted by retention through the thread, which an idle router does not start for nothing", async () => {
    const { recorder, settled, thread, ids, connection, clock } = recording();
    const asked: string[] = [];
    const watched = {
      isUsable: () => {
        asked.push("usable");
        return thread.isUsable();
      },
      deleteSome: (...given: Parameters<typeof thread.deleteSome>) => {
        asked.push("delete");
        thread.deleteSome(...given);
      },
    };
    const retention = createRetention({
      connection,
      beside: watched,
      limits: () => order(1).limits,
      now: () => times.endedAt,
      schedule: clock.schedule,
      onProblem: (reason) => expect.unreachable(reason),
    });
    clock.advance(10 * 60_000);
    expect(asked).toEqual([]);
    for (let index = 0; index < 150; index += 1) recorder.record(recordOld(`old${index}`));
    await settled();
    await expect.poll(() => thread.isUsable(), { timeout: 10_000 }).toBe(true);
    connection.pragma("query_only = ON");
    clock.advance(60_000);
    while (ids().length > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(20);
    }
    expect(asked.filter((what) => what === "delete").length).toBeGreaterThanOrEqual(2);
    retention.close();
    clock.advance(0);
    expect(clock.timers()).toBe(0);
  });
});
