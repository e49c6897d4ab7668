import { traceView } from "@herd/shared";
import { describe, expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../../storage/database.ts";
import { openStore } from "../../storage/testing/open-store.ts";
import { insertAsPredecessor, makePredecessorDatabase } from "../../storage/testing/predecessor-database.ts";
import { tempFolder } from "../../storage/testing/temp-folder.ts";
import { createTraceRecorder } from "../record.ts";
import { attemptInput, traceInput } from "../testing/trace-input.ts";
import { createFailedTraces } from "./failed-traces.ts";
import { createRecentTraces } from "./recent-traces.ts";
import { createTraceByRequest } from "./trace-by-request.ts";

const failure = { kind: "failed", source: "node", code: "HERD_NODE_FAILED", failureClass: "node-fault" } as const;
const outcomes = [
  { kind: "completed", hasOutput: true },
  { ...failure, isPartial: false, detail: "boom" },
  { kind: "cancelled", by: "client" },
  { ...failure, isPartial: true, detail: "cut" },
  { kind: "completed", hasOutput: false },
  { kind: "evicted", code: "HERD_WAIT_DEADLINE", detail: "too late" },
] as const;

/** Requests r0, r1 … with those outcomes, one second apart. */
function answered() {
  const store = openStore();
  const recorder = createTraceRecorder(store);
  const { times } = traceInput();
  for (const [index, outcome] of outcomes.entries()) {
    const ended = { ...times, endedAt: times.endedAt + index * 1000, latencyMs: 1000 * (index + 1) };
    recorder.record(traceInput({ requestId: `r${index}`, outcome, times: ended }));
  }
  store.flusher.flush();
  return { ...store, recorder };
}

function predecessors() {
  const path = `${tempFolder()}/latency.db`;
  makePredecessorDatabase(path).close();
  const database = openDatabase({ path, now: Date.now });
  onTestFinished(() => database.close());
  return database;
}

const idsOf = (traces: readonly { readonly request_id: string }[]): string[] => traces.map((trace) => trace.request_id);

describe("recent traces", () => {
  test("come newest first, as many as asked, each as the contract says", () => {
    const recent = createRecentTraces(answered().connection);
    expect(idsOf(recent({ limit: 3 }))).toEqual(["r5", "r4", "r3"]);
    for (const trace of recent({ limit: 10 })) expect(traceView.safeParse(trace).error).toBeUndefined();
    expect(recent({ limit: 1 })[0]).toMatchObject({
      status: "failed",
      error_code: "HERD_WAIT_DEADLINE",
      error_class: "deadline",
      error_message: "too late",
    });
  });

  test("come without the demo's where those are not wanted; rows of older programs have no mark and stay", () => {
    const { connection } = answered();
    connection.exec("UPDATE request_traces SET simulated = 1 WHERE request_id IN ('r5', 'r1')");
    connection.exec("UPDATE request_traces SET simulated = NULL WHERE request_id = 'r3'");
    const [recent, failed] = [createRecentTraces(connection), createFailedTraces(connection)];
    expect(idsOf(recent({ limit: 3, withSimulated: false }))).toEqual(["r4", "r3", "r2"]);
    expect(idsOf(failed({ limit: 3, withSimulated: false }))).toEqual(["r3"]);
    expect(idsOf(failed({ limit: 3 }))).toEqual(["r5", "r3", "r1"]);
    expect(recent({ limit: 3 }).map(({ simulated }) => simulated)).toEqual([true, false, false]);
  });

  test("are at least one and at most a thousand, whatever is asked", () => {
    const { connection } = answered();
    const recent = createRecentTraces(connection);
    expect([0, -5, 0.5].map((limit) => recent({ limit }).length)).toEqual([1, 1, 1]);
    expect(recent({ limit: Number.NaN })).toHaveLength(6);
    connection.exec(`INSERT INTO request_traces (request_id, model, original_model, node_id, status, timestamp)
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
      SELECT 'x' || i, 'm', 'm', '', 'completed', i FROM n`);
    expect(recent({ limit: 1e9 })).toHaveLength(1000);
  });

  test("of the predecessor fit the contract as well", () => {
    const recent = createRecentTraces(predecessors().connection);
    for (const trace of recent({ limit: 10 })) expect(traceView.safeParse(trace).error).toBeUndefined();
  });

  test("survive what people write into columns by hand", () => {
    const { connection } = answered();
    connection.exec(`UPDATE request_traces SET tags = '{"a":', edits = '[1, "x"]', scores_breakdown = '{"a": "b", "c": 1}',
      status = 'odd', retry_count = NULL`);
    const [trace] = createRecentTraces(connection)({ limit: 1 });
    expect(trace).toMatchObject({
      tags: null,
      edits: ["x"],
      scores_breakdown: { c: 1 },
      status: "failed",
      retry_count: 0,
    });
  });
});

describe("failed traces", () => {
  test("are those that failed before or amid their answer, newest first", () => {
    const failed = createFailedTraces(answered().connection);
    expect(idsOf(failed({ limit: 10 }))).toEqual(["r5", "r3", "r1"]);
    expect(idsOf(failed({ limit: 2 }))).toEqual(["r5", "r3"]);
  });

  test("are read from the end of an index, without sorting all of them", () => {
    const { connection } = answered();
    const plan = connection
      .prepare<[], { readonly detail: string }>(
        "EXPLAIN QUERY PLAN SELECT * FROM request_traces WHERE status = 'failed' ORDER BY timestamp DESC, id DESC LIMIT 9",
      )
      .all();
    expect(plan.map(({ detail }) => detail)).toEqual([expect.stringContaining("herd_request_traces_failed")]);
  });
});

describe("a trace by its request id", () => {
  test("comes with its attempts and the short form of each decision", () => {
    const { recorder, flusher, connection } = answered();
    const failed = attemptInput({
      nodeId: "old-pc",
      failureClass: "unreachable",
      httpStatus: undefined,
      decision: undefined,
    });
    recorder.record(traceInput({ requestId: "two", attempts: [failed, attemptInput()] }));
    flusher.flush();
    const found = createTraceByRequest(connection)("two");
    expect(found?.trace.request_id).toBe("two");
    expect(found?.attempts).toMatchObject([
      { attempt: 1, node_id: "old-pc", failure_class: "unreachable", http_status: null, decision: null },
      { attempt: 2, node_id: "mac-mini", failure_class: null, decision: { ranked: 1, rejected: { offline: 1 } } },
    ]);
  });

  test("is the newest when an id was used twice, with that one's attempts alone", () => {
    const { recorder, flusher, connection } = answered();
    const { times } = traceInput();
    recorder.record(traceInput({ requestId: "same", endpoint: "/first" }));
    recorder.record(
      traceInput({ requestId: "same", endpoint: "/second", times: { ...times, endedAt: times.endedAt + 1 } }),
    );
    flusher.flush();
    const found = createTraceByRequest(connection)("same");
    expect([found?.trace.endpoint, found?.attempts.length]).toEqual(["/second", 1]);
  });

  test("is the request, not one of the predecessor's retried rows; unknown ids have none", () => {
    const { connection } = predecessors();
    insertAsPredecessor(connection, { request_id: "old-2", status: "retried", timestamp: 1_780_000_009 });
    const byRequest = createTraceByRequest(connection);
    expect(byRequest("old-2")?.trace.status).toBe("completed");
    expect(byRequest("old-2")?.attempts).toEqual([]);
    expect(byRequest("nobody")).toBeUndefined();
  });
});

describe("the documented queries of people with sqlite3", () => {
  test("answer as they did", () => {
    const { connection } = answered();
    const failed = connection.prepare(
      "SELECT request_id, model, status, error_message FROM request_traces WHERE status='failed' ORDER BY timestamp DESC LIMIT 10",
    );
    expect(failed.all()).toEqual([
      { request_id: "r5", model: "gemma3:4b", status: "failed", error_message: "too late" },
      { request_id: "r1", model: "gemma3:4b", status: "failed", error_message: "boom" },
    ]);
    const slow = connection.prepare(
      "SELECT model, node_id, latency_ms/1000.0 AS secs FROM request_traces WHERE status='completed' ORDER BY latency_ms DESC LIMIT 10",
    );
    expect(slow.all()).toEqual([{ model: "gemma3:4b", node_id: "mac-mini", secs: 1 }]);
    const tags = connection.prepare(
      "SELECT value FROM request_traces, json_each(request_traces.tags) WHERE fallback_used = 0",
    );
    expect(tags.all()).toEqual([]);
    const when = connection.prepare("SELECT datetime(timestamp, 'unixepoch') FROM request_traces LIMIT 1").pluck();
    expect(when.get()).toBe("2026-09-21 14:13:20");
  });
});
