import { describe, expect, test } from "vitest";
import { openStore } from "../storage/testing/open-store.ts";
import { createTraceByRequest } from "./queries/trace-by-request.ts";
import { createTraceRecorder } from "./record.ts";
import { attemptInput, traceInput } from "./testing/trace-input.ts";
import type { AttemptInput, TraceInput } from "./trace-input.ts";

/** Stores one request and reads it back; how many of its attempts have a row of their own. */
function stored(input: TraceInput) {
  const store = openStore();
  const recorder = createTraceRecorder(store);
  recorder.record(input);
  store.flusher.flush();
  const rows = store.connection.prepare("SELECT count(*) FROM stored_attempts").pluck().get();
  return { ...store, rows, attempts: createTraceByRequest(store.connection)(input.requestId)?.attempts ?? [] };
}

const decision = {
  profile: "signals",
  winner: { node_id: "mac-mini", model: "gemma3:4b", total: 88.5 },
  runner_up: null,
  ranked: 1,
  rejected: {},
};

describe("the only attempt of a request that went well", () => {
  test("needs no row of its own and is read like any other", () => {
    const { rows, attempts } = stored(traceInput());
    expect(rows).toBe(0);
    expect(attempts).toEqual([
      {
        attempt: 1,
        node_id: "mac-mini",
        backend: "ollama",
        model: "gemma3:4b",
        started_at: expect.closeTo(1_789_999_999.6, 2),
        ended_ms: expect.closeTo(899, -0.5),
        first_byte_ms: expect.closeTo(119, -0.5),
        http_status: 200,
        failure_class: null,
        error_message: null,
        decision: { ...decision, rejected: { offline: 1 } },
      },
    ]);
  });

  test.each([
    ["nothing else was possible", decision],
    [
      "another one was next",
      { ...decision, ranked: 3, runner_up: { node_id: "nas", model: "gemma3:4b", total: 70.2 } },
    ],
    ["another model was next", { ...decision, ranked: 2, runner_up: { node_id: "nas", model: "qwen3:8b", total: -3 } }],
    ["another profile decided", { ...decision, profile: "least-loaded", rejected: { offline: 2, "memory-fit": 1 } }],
  ])("keeps its decision whole when %s", (_, whole) => {
    const { rows, attempts } = stored(traceInput({ attempts: [attemptInput({ decision: whole })] }));
    expect(rows).toBe(0);
    expect(attempts[0]?.decision).toEqual(whole);
  });
});

describe("an attempt keeps a row of its own", () => {
  const odd: readonly (readonly [string, Partial<AttemptInput>])[] = [
    ["failed", { failureClass: "node-fault" }],
    ["has a message", { errorMessage: "boom" }],
    ["went to another node than the row says", { nodeId: "nas" }],
    ["asked for another name", { model: "gemma3:4b-q4" }],
    ["was answered with another status", { httpStatus: 500 }],
    ["began at another time than the row tells", { startedAt: 1_789_999_990_000 }],
    ["took another time", { endedMs: 20 }],
    ["had no first byte", { firstByteMs: undefined }],
    ["was not decided", { decision: undefined }],
    ["was decided for somebody else", { decision: { ...decision, winner: null } }],
  ];
  test.each(odd)("that %s", (_, changes) => {
    const attempt = attemptInput(changes);
    const { rows, attempts } = stored(traceInput({ attempts: [attempt] }));
    expect(rows).toBe(1);
    expect(attempts[0]).toMatchObject({ node_id: attempt.nodeId, ended_ms: attempt.endedMs, model: attempt.model });
    expect(attempts[0]?.decision).toEqual(attempt.decision ?? null);
  });

  test("of several", () => {
    const failed = attemptInput({ nodeId: "nas", failureClass: "unreachable", httpStatus: undefined });
    const { rows, attempts } = stored(traceInput({ attempts: [failed, attemptInput()] }));
    expect(rows).toBe(2);
    expect(attempts.map(({ attempt, node_id }) => [attempt, node_id])).toEqual([
      [1, "nas"],
      [2, "mac-mini"],
    ]);
  });
});

test("the attempts of one request are found by keys, not by reading all", () => {
  const { connection } = stored(traceInput());
  const plan = (condition: string): string =>
    connection
      .prepare<[], { readonly detail: string }>(`EXPLAIN QUERY PLAN SELECT * FROM request_attempts WHERE ${condition}`)
      .all()
      .map(({ detail }) => detail)
      .join("; ");
  expect(plan("trace_id = 7 ORDER BY attempt")).not.toMatch(/SCAN (request_traces|stored_attempts)/);
  expect(plan("request_id = 'r'")).not.toMatch(/SCAN request_traces/);
});
