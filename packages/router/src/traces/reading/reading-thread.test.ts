import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { HerdError } from "../../domain/errors.ts";
import { openStore } from "../../storage/testing/open-store.ts";
import { createTraceRecorder } from "../record.ts";
import { traceInput } from "../testing/trace-input.ts";
import { createReadingThread, type ReadingBounds } from "./reading-thread.ts";

/** A store with a reading thread; its timers run on the store's manual clock. */
function reading(own: { readonly program?: URL; readonly bounds?: Partial<ReadingBounds> } = {}) {
  const store = openStore();
  const breakdowns: unknown[] = [];
  const thread = createReadingThread({
    program: own.program ?? new URL("./answer-questions-worker.ts", import.meta.url),
    path: store.path,
    isInPlace: store.isInPlace,
    schedule: store.clock.schedule,
    onBreakdown: (error) => breakdowns.push(error),
    bounds: own.bounds ?? {},
  });
  onTestFinished(() => thread.close(1000));
  const record = (requestId: string): void => {
    createTraceRecorder(store).record(traceInput({ requestId }));
    store.flusher.flush();
  };
  const newest = async () => (await thread.ask("recent", { limit: 5 })).map((trace) => trace.request_id);
  const codeOf = (asked: Promise<unknown>) =>
    asked.then(
      () => "answered",
      (error: unknown) => (error instanceof HerdError ? error.code : String(error)),
    );
  return { ...store, thread, breakdowns, record, newest, codeOf };
}

/** A program for a thread that does as a test says. */
function program(text: string): URL {
  const path = join(openStore().folder, "program.mjs");
  writeFileSync(path, `import { workerData } from "node:worker_threads"; const { port, ended } = workerData; ${text}`);
  return pathToFileURL(path);
}

test("questions are answered beside, in their order, with what was written meanwhile", async () => {
  const { record, newest, thread } = reading();
  record("one");
  expect(await newest()).toEqual(["one"]);
  record("two");
  const both = [newest(), thread.ask("overview", { now: Date.now() / 1000 })] as const;
  expect(await both[0]).toEqual(["two", "one"]);
  expect((await both[1]).total_requests).toBe(2);
});

test("a question that takes too long is refused, and the next one gets a new thread", async () => {
  const slow = program(
    `port.on("message", ({ id, name }) => { if (name !== "overview") port.postMessage({ id, answer: name }) })`,
  );
  const { thread, clock, codeOf, breakdowns } = reading({ program: slow, bounds: { answerMs: 1000, turnMs: 5000 } });
  expect(await thread.ask("recent", { limit: 1 })).toBe("recent");
  const [stuck, waiting] = [codeOf(thread.ask("overview", { now: 1 })), thread.ask("recent", { limit: 1 })];
  clock.advance(1000);
  expect(await stuck).toBe("HERD_RECORDS_BUSY");
  expect(await waiting).toBe("recent");
  expect(breakdowns).toHaveLength(1);
});

test("questions whose turn does not come in time, and too many of them, are refused", async () => {
  const never = program(`port.on("message", () => undefined)`);
  const bounds = { answerMs: 60_000, turnMs: 500, mostWaiting: 2 };
  const { thread, clock, codeOf } = reading({ program: never, bounds });
  const ask = () => codeOf(thread.ask("recent", { limit: 1 }));
  const asked = [ask(), ask(), ask(), ask()];
  expect(await asked[3]).toBe("HERD_RECORDS_BUSY");
  clock.advance(500);
  expect(await asked[1]).toBe("HERD_RECORDS_BUSY");
  expect(await asked[2]).toBe("HERD_RECORDS_BUSY");
});

test("a thread that breaks down refuses what it was at; the next question starts another", async () => {
  const broken = program(`port.on("message", () => { throw new Error("no such thing") })`);
  const { thread, codeOf, breakdowns } = reading({ program: broken });
  expect(await codeOf(thread.ask("recent", { limit: 1 }))).toBe("HERD_RECORDS_UNREADABLE");
  expect(await codeOf(thread.ask("recent", { limit: 1 }))).toBe("HERD_RECORDS_UNREADABLE");
  expect(breakdowns).toHaveLength(2);
});

test("without a question it ends, and the next one starts it again", async () => {
  const { record, newest, clock, breakdowns } = reading();
  record("one");
  expect(await newest()).toEqual(["one"]);
  clock.advance(60_000);
  expect(await newest()).toEqual(["one"]);
  expect(breakdowns).toEqual([]);
});

test("it can be started before anybody asks, and ends like any other", async () => {
  const counting = program(`
    Atomics.store(ended, 0, 7);
    port.on("message", (question) => question === undefined ? port.close() : port.postMessage({ id: question.id, answer: 1 }));
    port.postMessage({ id: -1, answer: "started" });`);
  const { thread, clock, breakdowns } = reading({ program: counting });
  thread.start();
  thread.start();
  expect(clock.timers()).toBe(1);
  expect(await thread.ask("recent", { limit: 1 })).toBe(1);
  clock.advance(60_000);
  expect(breakdowns).toEqual([]);
  thread.close(0);
  thread.start();
  expect(await thread.ask("recent", { limit: 1 }).catch(() => "refused")).toBe("refused");
});

test("bytes are handed over as they were written", async () => {
  const { record, thread } = reading();
  record("one");
  const bytes = await thread.ask("tracePage", { limit: 5, withSimulated: true });
  expect(bytes).toBeInstanceOf(Uint8Array);
  expect(JSON.parse(new TextDecoder().decode(bytes))).toMatchObject({
    traces: [{ request_id: "one" }],
    next: null,
    is_complete: true,
    scanned: 1,
  });
});

test("a file that was moved away is told, and read again once it is back", async () => {
  const { record, newest, codeOf, path } = reading();
  record("one");
  await newest();
  renameSync(path, `${path}.away`);
  expect(await codeOf(newest())).toBe("HERD_RECORDS_UNREADABLE");
  renameSync(`${path}.away`, path);
  expect(await newest()).toEqual(["one"]);
});

test("what SQLite cannot read is told, and read again once it can", async () => {
  const { record, newest, codeOf, connection, thread } = reading();
  record("one");
  await newest();
  connection.exec("ALTER TABLE usage_hourly RENAME TO usage_away");
  expect(await codeOf(thread.ask("trends", { from: 0, to: 1, now: 1 }))).toBe("HERD_RECORDS_UNREADABLE");
  connection.exec("ALTER TABLE usage_away RENAME TO usage_hourly");
  expect(await codeOf(thread.ask("trends", { from: 0, to: 1, now: 1 }))).toBe("answered");
  expect(await newest()).toEqual(["one"]);
});

test("another program's write lock does not keep anybody from reading", async () => {
  const { record, newest, connection } = reading();
  record("one");
  connection.exec("BEGIN IMMEDIATE");
  expect(await newest()).toEqual(["one"]);
  connection.exec("COMMIT");
});

test("after its end everything is refused, also what was under way", async () => {
  const { thread, codeOf } = reading();
  const asked = [codeOf(thread.ask("recent", { limit: 1 })), codeOf(thread.ask("recent", { limit: 1 }))];
  thread.close(1000);
  asked.push(codeOf(thread.ask("recent", { limit: 1 })));
  expect(await Promise.all(asked)).toEqual(["HERD_RECORDS_BUSY", "HERD_RECORDS_BUSY", "HERD_RECORDS_BUSY"]);
});
