import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { createTraceRecorder } from "../traces/record.ts";
import { traceInput } from "../traces/testing/trace-input.ts";
import { openStore } from "./testing/open-store.ts";

const hasProgram = spawnSync("sqlite3", ["--version"]).error === undefined;

function sqlite3(path: string, query: string): string[] {
  const { status, stdout, stderr } = spawnSync("sqlite3", [path, query], { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  return stdout.trimEnd().split("\n");
}

/** A database that is open and has just been written to. */
function running() {
  const store = openStore();
  const recorder = createTraceRecorder(store);
  const { times } = traceInput();
  const record = (id: string, changes: Parameters<typeof traceInput>[0] = {}): void => {
    recorder.record(traceInput({ requestId: id, ...changes }));
    store.flusher.flush();
  };
  record("quick", { tags: ["cli", "batch"] });
  record("slow", { times: { ...times, latencyMs: 61_500 }, isFallback: true });
  record("bad", {
    outcome: { kind: "rejected", code: "HERD_MODEL_NOT_FOUND", detail: "model 'it''s' | <b>\u001b[31m" },
  });
  return { ...store, record };
}

describe.skipIf(!hasProgram)("while the router runs, the program sqlite3", () => {
  test("answers the documented questions", () => {
    const { path } = running();
    const failed =
      "SELECT request_id, model, status, error_message FROM request_traces WHERE status='failed' ORDER BY timestamp DESC LIMIT 10";
    expect(sqlite3(path, failed)).toEqual([expect.stringContaining("bad|gemma3:4b|failed|model 'it''s'")]);
    const slow =
      "SELECT model, node_id, latency_ms/1000.0 AS secs FROM request_traces WHERE status='completed' ORDER BY latency_ms DESC LIMIT 10";
    expect(sqlite3(path, slow)).toEqual(["gemma3:4b|mac-mini|61.5", "gemma3:4b|mac-mini|0.9"]);
    expect(sqlite3(path, "SELECT request_id FROM request_traces WHERE fallback_used=1")).toEqual(["slow"]);
    expect(
      sqlite3(path, "SELECT DISTINCT value FROM request_traces, json_each(request_traces.tags) ORDER BY 1"),
    ).toEqual(["batch", "cli"]);
    expect(sqlite3(path, "SELECT datetime(timestamp,'unixepoch') FROM request_traces LIMIT 1")).toEqual([
      "2026-09-21 14:13:20",
    ]);
    expect(sqlite3(path, "SELECT json_extract(scores_breakdown,'$.thermal') FROM request_traces LIMIT 1")).toEqual([
      "50",
    ]);
  });

  test("reads attempts and observations, and sees what is written next", () => {
    const { path, record } = running();
    const attempt =
      "SELECT node_id, json_extract(decision,'$.winner.total') FROM request_attempts WHERE request_id='quick'";
    expect(sqlite3(path, attempt)).toEqual(["mac-mini|88.5"]);
    const observed = "SELECT count(*), node_id FROM latency_observations";
    expect(sqlite3(path, observed)).toEqual(["2|mac-mini"]);
    record("next");
    expect(sqlite3(path, observed)).toEqual(["3|mac-mini"]);
    expect(sqlite3(path, "SELECT sum(requests) FROM usage_hourly")).toEqual(["4"]);
  });

  test("makes a database with which the predecessor's program starts, by the lines of the guide, and ours goes on with it", () => {
    const { path, close } = running();
    const observed = sqlite3(path, "SELECT * FROM latency_observations");
    close();
    const guide = readFileSync(new URL("../../../../docs/operations.md", import.meta.url), "utf8");
    sqlite3(path, /^BEGIN;\nCREATE TABLE observations[^;]+;[\s\S]*?^COMMIT;/m.exec(guide)?.[0] ?? "no such lines");
    expect(sqlite3(path, "SELECT * FROM latency_observations")).toEqual(observed);
    // What its program does at its start and for each request.
    sqlite3(
      path,
      `CREATE TABLE IF NOT EXISTS latency_observations (id INTEGER PRIMARY KEY);
       CREATE INDEX IF NOT EXISTS its_own ON latency_observations (node_id, model_name);
       INSERT INTO latency_observations (node_id, model_name, latency_ms, timestamp) VALUES ('a', 'b', 1.5, 2.5)`,
    );
    const reopened = openStore({ folder: dirname(path) });
    createTraceRecorder(reopened).record(traceInput({ requestId: "later" }));
    reopened.flusher.flush();
    expect(sqlite3(path, "SELECT count(*), count(DISTINCT id) FROM latency_observations")).toEqual(["4|4"]);
    expect(sqlite3(path, "SELECT sum(requests) FROM usage_hourly")).toEqual(["4"]);
  });

  test("may write, too: what it adds stands beside ours", () => {
    const { path, record, connection } = running();
    sqlite3(path, "UPDATE request_traces SET client_ip = NULL; DELETE FROM request_traces WHERE request_id = 'bad'");
    record("later");
    expect(connection.prepare("SELECT count(*), count(client_ip) FROM request_traces").raw().get()).toEqual([3, 1]);
  });
});
