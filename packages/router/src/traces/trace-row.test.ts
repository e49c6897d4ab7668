import { traceView } from "@herd/shared";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Outcome } from "../domain/outcome.ts";
import { openStore } from "../storage/testing/open-store.ts";
import { createRecentTraces } from "./queries/recent-traces.ts";
import { createTraceRecorder } from "./record.ts";
import { traceInput } from "./testing/trace-input.ts";
import { attemptRows, observationRow, type Row, traceRow } from "./trace-row.ts";

test("has the predecessor's columns in the predecessor's forms", () => {
  const row = traceRow(
    traceInput({
      servedModel: "gemma3:12b",
      isFallback: true,
      tags: ["app", "batch"],
      excludedNodes: ["old-pc"],
      endpoint: "/api/chat?key=secret",
    }),
  );
  expect(row).toMatchObject({
    model: "gemma3:12b",
    original_model: "gemma3:4b",
    status: "completed",
    scores_breakdown: '{"thermal":50}',
    fallback_used: 1,
    excluded_nodes: '["old-pc"]',
    tags: '["app","batch"]',
    timestamp: 1_790_000_000.5,
    time_to_first_token_ms: 120,
    original_format: "ollama",
    endpoint: "/api/chat",
    is_stream: 1,
    tokens_estimated: 0,
    error_message: null,
  });
  expect(row.tokens_per_s).toBe(Math.round((64 * 1000) / 700));
});

test("stores empty lists and objects, and what is not known, as NULL", () => {
  const row: Row = traceRow(
    traceInput({ breakdown: {}, usage: undefined, score: undefined, clientAddress: undefined }),
  );
  const absent = ["scores_breakdown", "tags", "excluded_nodes", "edits", "score", "client_ip", "prompt_tokens"];
  for (const column of [...absent, "tokens_per_s", "tokens_estimated"])
    expect([column, row[column]]).toEqual([column, null]);
});

test("observes completed text requests only, from the last attempt's dispatch to its end", () => {
  expect(observationRow(traceInput())).toMatchObject({ latency_ms: 899, prompt_tokens: 20, completion_tokens: 64 });
  expect(observationRow(traceInput({ kind: "load" }))).toBeUndefined();
  expect(observationRow(traceInput({ attempts: [] }))).toBeUndefined();
  expect(observationRow(traceInput({ outcome: { kind: "completed", hasOutput: false } }))).toBeUndefined();
  expect(observationRow(traceInput({ outcome: { kind: "cancelled", by: "client" } }))).toBeUndefined();
});

test("numbers the attempts and tells their start in seconds", () => {
  const [attempt] = attemptRows(traceInput(), 1);
  expect(attempt).toMatchObject({ attempt: 1, started_at: 1_789_999_999.6, ended_ms: 899, first_byte_ms: 119 });
  expect(JSON.parse(String(attempt?.["decision"]))).toMatchObject({ rejected: { offline: 1 } });
});

const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.record({ kind: fc.constant("completed" as const), hasOutput: fc.boolean() }),
  fc.constant({ kind: "cancelled", by: "client" } as const),
  fc.record({
    kind: fc.constantFrom("rejected" as const, "evicted" as const),
    code: fc.constant("HERD_QUEUE_FULL" as const),
    detail: fc.string(),
  }),
  fc.record({
    kind: fc.constant("failed" as const),
    source: fc.constantFrom("client" as const, "router" as const, "node" as const),
    code: fc.constant("HERD_NODE_FAILED" as const),
    isPartial: fc.boolean(),
    failureClass: fc.constantFrom("stall" as const, undefined),
    detail: fc.string({ unit: "binary" }),
  }),
);
const maybe = (arbitrary: fc.Arbitrary<number>) => fc.option(arbitrary, { nil: undefined });
const anyText = fc.oneof(fc.string({ unit: "binary" }), fc.constant("x".repeat(10_000)));
const oddInput = fc
  .record({
    requestId: anyText,
    servedModel: anyText,
    requestedModel: anyText,
    nodeId: anyText,
    endpoint: anyText,
    tags: fc.array(anyText, { maxLength: 100 }),
    edits: fc.array(anyText),
    estimatedTokens: maybe(fc.double()),
    httpStatus: maybe(fc.double()),
    score: maybe(fc.double()),
    retryCount: fc.double(),
    breakdown: fc.dictionary(fc.string(), fc.double()),
    outcome,
    times: fc.record({
      endedAt: fc.double(),
      latencyMs: fc.double(),
      firstByteMs: maybe(fc.double()),
      queueWaitMs: fc.double(),
      overheadMs: maybe(fc.double()),
    }),
    usage: fc.option(
      fc.record({
        promptTokens: maybe(fc.double()),
        completionTokens: maybe(fc.double()),
        isEstimated: fc.boolean(),
        finishReason: fc.option(anyText, { nil: undefined }),
        loadMs: maybe(fc.double()),
        prefillMs: maybe(fc.double()),
        decodeMs: maybe(fc.double()),
      }),
      { nil: undefined },
    ),
  })
  .map(traceInput);

test("has the same columns in the same order, whatever comes in", () => {
  const columns = Object.keys(traceRow(traceInput()));
  fc.assert(
    fc.property(oddInput, (input) => {
      expect(Object.keys(traceRow(input))).toEqual(columns);
    }),
  );
});

test("can always be stored, and comes back as the contract promises", () => {
  const { connection, flusher, refusals, states } = openStore();
  const recorder = createTraceRecorder({ connection, flusher });
  const recent = createRecentTraces(connection);
  fc.assert(
    fc.property(oddInput, (input) => {
      recorder.record(input);
      flusher.flush();
      const [trace] = recent({ limit: 1 });
      connection.exec("DELETE FROM request_traces");
      // The contract knows no negative count; the row keeps what it was given.
      if (input.retryCount >= 0) expect(traceView.safeParse(trace).error).toBeUndefined();
    }),
  );
  expect([refusals, states, recorder.counts().dropped]).toEqual([[], [], 0]);
});
