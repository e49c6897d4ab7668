import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../storage/database.ts";
import type { StorageProblem } from "../storage/storage-problem.ts";
import { openStore } from "../storage/testing/open-store.ts";
import { recordAnew } from "./record-anew.ts";
import { traceInput } from "./testing/trace-input.ts";

const now = () => Date.UTC(2026, 0, 2, 3, 4, 5);
const traces = [traceInput({ requestId: "a" }), traceInput({ requestId: "b" })];
const failing = (problem: StorageProblem) => ({ kind: "failing", problem, reason: "" }) as const;

/** A database that was closed. */
function closedStore() {
  const { path, folder, close } = openStore();
  close();
  return { path, folder };
}

function reopened(path: string) {
  const database = openDatabase({ path, now });
  onTestFinished(() => database.close());
  const ids = database.connection.prepare("SELECT request_id FROM request_traces ORDER BY id").pluck().all();
  return { ids, setAside: database.setAside };
}

test("requests that a damaged database did not take are in the new one, and the next start, but no later one, tells where the old one lies", () => {
  const { path } = closedStore();
  writeFileSync(path, "no database at all\n".repeat(100));
  expect(recordAnew({ path, now, traces, state: failing("damaged") })).toEqual({ written: 2 });
  expect(reopened(path)).toEqual({ ids: ["a", "b"], setAside: `${path}.corrupt-20260102T030405Z` });
  expect(reopened(path).setAside).toBeUndefined();
});

test("nobody is told of a damaged file that was deleted meanwhile", () => {
  const { path } = closedStore();
  writeFileSync(path, "no database at all\n".repeat(100));
  recordAnew({ path, now, traces, state: failing("damaged") });
  rmSync(`${path}.corrupt-20260102T030405Z`);
  expect(reopened(path).setAside).toBeUndefined();
});

test("those of one that was moved away are in a new one at its place", () => {
  const { path } = closedStore();
  renameSync(path, `${path}.away`);
  expect(recordAnew({ path, now, traces, state: failing("moved") })).toEqual({ written: 2 });
  expect(reopened(path).ids).toEqual(["a", "b"]);
});

test.each(["disk-full", "locked", "read-only"] as const)(
  "a trouble that a start does not end (%s) is left alone",
  (problem) => {
    const { path } = closedStore();
    rmSync(path);
    expect(recordAnew({ path, now, traces, state: failing(problem) })).toEqual({ written: 0 });
    expect(existsSync(path)).toBe(false);
  },
);

test("a folder that is gone is not made anew, and nothing is thrown", () => {
  const { path, folder } = closedStore();
  rmSync(folder, { recursive: true });
  const { written, error } = recordAnew({ path, now, traces, state: failing("moved") });
  expect([written, String(error)]).toEqual([0, expect.stringContaining("cannot be used")]);
  expect(existsSync(folder)).toBe(false);
});
