import { renameSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createTraceRecorder } from "../../traces/record.ts";
import { traceInput } from "../../traces/testing/trace-input.ts";
import { openStore } from "../testing/open-store.ts";
import { logState, recordsFacts } from "./records-facts.ts";

function facts() {
  const store = openStore();
  const recorder = createTraceRecorder(store);
  const look = () => recordsFacts({ database: store, flusher: store.flusher, counts: () => recorder.counts() });
  return { ...store, recorder, look };
}

test("tell sizes, counts and the oldest row of the database", () => {
  const { recorder, flusher, look, path } = facts();
  expect(look()).toMatchObject({
    path,
    written: 0,
    pending: 0,
    oldestRowAt: undefined,
    flushState: { kind: "writing" },
  });
  const { times } = traceInput();
  recorder.record(traceInput());
  recorder.record(traceInput({ times: { ...times, endedAt: 1_780_000_000_250 } }));
  expect(look().pending).toBe(2);
  flusher.flush();
  const { sizeBytes = 0, walBytes = 0, freeDiskBytes = 0, ...rest } = look();
  expect(Math.min(sizeBytes, walBytes, freeDiskBytes)).toBeGreaterThan(0);
  expect(rest).toMatchObject({ written: 2, dropped: 0, pending: 0, oldestRowAt: 1_780_000_000.25 });
});

test("can be asked for while the database is gone", () => {
  const { look, path } = facts();
  renameSync(path, `${path}.gone`);
  expect(look()).toMatchObject({ sizeBytes: undefined, flushState: { kind: "failing", problem: "moved" } });
});

test("know the log that the database began with from another one at its place", () => {
  const { path, close, ...store } = facts();
  expect(logState({ path, ...store }).isLogGone).toBe(false);
  rmSync(`${path}-wal`);
  expect(logState({ path, ...store })).toEqual({ logBytes: undefined, isLogGone: true });
  writeFileSync(`${path}-wal`, "");
  expect(logState({ path, ...store }).isLogGone).toBe(true);
  close();
  const reopened = openStore({ folder: store.folder });
  expect(logState(reopened).isLogGone).toBe(false);
});
