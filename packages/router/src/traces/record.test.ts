import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { openStore } from "../storage/testing/open-store.ts";
import { tempFolder } from "../storage/testing/temp-folder.ts";
import { createTraceRecorder } from "./record.ts";
import { attemptInput, traceInput } from "./testing/trace-input.ts";

function recording({ backlog = 10_000 } = {}) {
  const store = openStore();
  const { connection, flusher } = store;
  const recorder = createTraceRecorder({ connection, flusher, backlog });
  const ids = (): string[] =>
    connection.prepare<[], string>("SELECT request_id FROM request_traces ORDER BY id").pluck().all();
  return { ...store, recorder, ids };
}

/** The write lock, taken and given back as by another program. */
function lockOf(path: string): { take(): void; release(): void } {
  const other = new Sqlite(path);
  onTestFinished(() => void other.close());
  return {
    take: () => void (other.inTransaction || other.exec("BEGIN IMMEDIATE")),
    release: () => void (other.inTransaction && other.exec("COMMIT")),
  };
}

describe("a recorded request", () => {
  test("is on disk 100 ms later with its attempts and its observation", () => {
    const { recorder, clock, connection } = recording();
    const failed = attemptInput({ nodeId: "old-pc", failureClass: "unreachable", httpStatus: undefined });
    recorder.record(traceInput({ attempts: [failed, attemptInput()], retryCount: 1 }));
    expect(recorder.counts()).toEqual({ written: 0, dropped: 0, pending: 1 });
    clock.advance(100);
    expect(recorder.counts()).toEqual({ written: 1, dropped: 0, pending: 0 });
    expect(connection.prepare("SELECT request_id, retry_count FROM request_traces").all()).toEqual([
      { request_id: "r-1", retry_count: 1 },
    ]);
    expect(connection.prepare("SELECT trace_id, attempt, node_id, failure_class FROM request_attempts").all()).toEqual([
      { trace_id: 1, attempt: 1, node_id: "old-pc", failure_class: "unreachable" },
      { trace_id: 1, attempt: 2, node_id: "mac-mini", failure_class: null },
    ]);
    expect(connection.prepare("SELECT node_id, model_name, latency_ms FROM latency_observations").all()).toEqual([
      { node_id: "mac-mini", model_name: "gemma3:4b", latency_ms: expect.closeTo(899.6) },
    ]);
  });

  test("for the demo is marked, and no speed is observed of it; a real one is marked as real", () => {
    const store = openStore();
    const recorder = createTraceRecorder(store);
    recorder.record(traceInput({ requestId: "demo", isSimulated: true }));
    recorder.record(traceInput({ requestId: "real" }));
    store.flusher.flush();
    const marks = store.connection.prepare("SELECT request_id, simulated FROM request_traces").all();
    expect(marks).toEqual([
      { request_id: "demo", simulated: 1 },
      { request_id: "real", simulated: 0 },
    ]);
    expect(store.connection.prepare("SELECT count(*) AS n FROM latency_observations").get()).toEqual({ n: 1 });
  });

  test("may share its id with another one, as clients choose ids", () => {
    const { recorder, flusher, connection } = recording();
    recorder.record(traceInput());
    recorder.record(traceInput());
    flusher.flush();
    expect(recorder.counts().written).toBe(2);
    expect(connection.prepare("SELECT trace_id FROM request_attempts").pluck().all()).toEqual([1, 2]);
  });

  test("is written at close", () => {
    const { recorder, flusher, ids } = recording();
    recorder.record(traceInput());
    flusher.close();
    expect(ids()).toEqual(["r-1"]);
  });
});

describe("when nothing can be written", () => {
  test("the newest requests are kept up to the bound, the others counted as dropped", () => {
    const { recorder, flusher, path, ids } = recording({ backlog: 3 });
    const lock = lockOf(path);
    lock.take();
    for (const requestId of ["a", "b", "c", "d", "e"]) recorder.record(traceInput({ requestId }));
    flusher.flush();
    expect(recorder.counts()).toEqual({ written: 0, dropped: 2, pending: 3 });
    lock.release();
    flusher.flush();
    expect(ids()).toEqual(["c", "d", "e"]);
    expect(recorder.counts()).toEqual({ written: 3, dropped: 2, pending: 0 });
  });

  test("a full disk keeps every request out of harm's way until there is room", () => {
    const { recorder, clock, connection, ids, states } = recording();
    connection.pragma(`max_page_count = ${connection.pragma("page_count", { simple: true })}`);
    const endpoint = `/${"x".repeat(400)}`;
    for (let index = 0; index < 100; index += 1) recorder.record(traceInput({ requestId: `r${index}`, endpoint }));
    clock.advance(30_000);
    expect(states).toMatchObject([{ kind: "failing", problem: "disk-full" }]);
    const { written, pending } = recorder.counts();
    expect(written + pending).toBe(100);
    expect(ids()).toHaveLength(written);
    connection.pragma("max_page_count = 1000000");
    clock.advance(2000);
    expect(ids()).toEqual(Array.from({ length: 100 }, (_, index) => `r${index}`));
  });
});

test("any order of records, writes, failures and pauses loses nothing, doubles nothing and keeps the order", () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.constant("record" as const) },
    fc.constantFrom("flush" as const, "lock" as const, "release" as const),
    fc.nat({ max: 3000 }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (steps, backlog) => {
      const { recorder, flusher, clock, connection, path, ids } = recording({ backlog });
      const lock = lockOf(path);
      connection.pragma("busy_timeout = 0");
      let recorded = 0;
      const actions = {
        record: () => recorder.record(traceInput({ requestId: String(recorded++) })),
        flush: flusher.flush,
        ...{ lock: lock.take, release: lock.release },
      };
      for (const action of steps) {
        if (typeof action === "number") clock.advance(action);
        else actions[action]();
        const { written, dropped, pending } = recorder.counts();
        expect(written + dropped + pending).toBe(recorded);
        expect(pending).toBeLessThanOrEqual(backlog);
      }
      lock.release();
      flusher.close();
      const stored = ids().map(Number);
      const { written, dropped, pending } = recorder.counts();
      expect([stored.length, dropped, pending]).toEqual([written, recorded - written, 0]);
      expect(stored).toEqual([...new Set(stored)].sort((a, b) => a - b));
      if (recorded > 0) expect(stored.at(-1)).toBe(recorded - 1);
    }),
    { numRuns: 40 },
  );
});

describe("a process that is killed", () => {
  test("250 ms after a request was recorded has it on disk", async () => {
    const folder = tempFolder();
    const script = `
      const { openDatabase } = await import("./storage/database.ts");
      const { createFlusher } = await import("./storage/writing/flusher.ts");
      const { createTraceRecorder } = await import("./traces/record.ts");
      const { traceInput } = await import("./traces/testing/trace-input.ts");
      const database = openDatabase({ path: process.argv[1], now: Date.now });
      const schedule = (run, ms) => { const timer = setTimeout(run, ms); return () => clearTimeout(timer); };
      const flusher = createFlusher({ database, schedule, monotonic: () => performance.now(), onStateChange() {}, onRowsRefused() {} });
      const recorder = createTraceRecorder({ ...database, flusher });
      recorder.record(traceInput({ requestId: "last words" }));
      setTimeout(() => process.kill(process.pid, "SIGKILL"), 250);
    `;
    const path = join(folder, "latency.db");
    const flags = ["--conditions=herd-source", "--input-type=module", "--eval", script, path];
    const child = spawn(process.execPath, flags, {
      cwd: join(import.meta.dirname, ".."),
      stdio: "inherit",
    });
    expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
    const { connection } = openStore({ folder });
    expect(connection.prepare("SELECT request_id FROM request_traces").pluck().all()).toEqual(["last words"]);
  });
});
