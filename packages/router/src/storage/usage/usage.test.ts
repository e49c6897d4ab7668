import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { percentileOf } from "../../domain/sketch.ts";
import { createTraceRecorder } from "../../traces/record.ts";
import { attemptInput, traceInput } from "../../traces/testing/trace-input.ts";
import type { TraceInput } from "../../traces/trace-input.ts";
import type { Connection } from "../connection.ts";
import { openStore } from "../testing/open-store.ts";
import { insertAsPredecessor } from "../testing/predecessor-database.ts";
import { catchUpUsage } from "./catch-up.ts";
import { readSketches } from "./usage-sketches.ts";

const HOUR_MS = 3600_000;
const begin = 1_790_000_000_000 - (1_790_000_000_000 % (24 * HOUR_MS));

function recording() {
  const store = openStore();
  const recorder = createTraceRecorder(store);
  const record = (...inputs: readonly TraceInput[]): void => {
    for (const input of inputs) recorder.record(input);
    store.flusher.flush();
  };
  return { ...store, recorder, record };
}

const tables = ["usage_hourly", "usage_tags_hourly"] as const;

function usageOf(connection: Connection) {
  const sketches = connection
    .prepare<[], { readonly key: string; readonly sketches: string }>(
      "SELECT day || ' ' || node_id || ' ' || model || ' ' || traffic AS key, sketches FROM usage_sketches ORDER BY 1",
    )
    .all();
  return {
    cells: tables.map((table) => connection.prepare(`SELECT * FROM ${table} ORDER BY 1, 2, 3, 4, 5`).all()),
    sketches: sketches.map(({ key, sketches: json }) => [key, readSketches(json)]),
  };
}

const outcomes: readonly TraceInput["outcome"][] = [
  { kind: "completed", hasOutput: true },
  { kind: "completed", hasOutput: false },
  { kind: "cancelled", by: "client" },
  { kind: "rejected", code: "HERD_MODEL_NOT_FOUND", detail: "" },
  { kind: "failed", source: "node", code: "HERD_NODE_FAILED", isPartial: true, failureClass: "incomplete", detail: "" },
  { kind: "failed", source: "node", code: "HERD_NODE_FAILED", isPartial: false, failureClass: "busy", detail: "" },
];

/** Whole numbers, so that sums do not depend on their order. */
const amount = fc.integer({ min: 0, max: 200_000 });
const maybe = fc.option(amount, { nil: undefined });

const someTrace: fc.Arbitrary<TraceInput> = fc
  .record({
    nodeId: fc.constantFrom("", "mac", "tower"),
    servedModel: fc.constantFrom("m:1b", "n:7b"),
    kind: fc.constantFrom("chat", "embed"),
    tags: fc.subarray(["cli", "benchmark", "user:ana", "fleet-intelligence"]),
    outcome: fc.constantFrom(...outcomes),
    isSimulated: fc.boolean(),
    isFallback: fc.boolean(),
    retryCount: fc.integer({ min: 0, max: 3 }),
    energy: fc.option(fc.record({ joules: amount, isEstimated: fc.boolean() }), { nil: undefined }),
    times: fc.record({
      endedAt: fc.integer({ min: 0, max: 30 }).map((hours) => begin + hours * HOUR_MS),
      latencyMs: amount,
      firstByteMs: maybe,
      queueWaitMs: amount,
      overheadMs: maybe,
    }),
    usage: fc.option(
      fc.record({
        promptTokens: maybe,
        completionTokens: maybe,
        isEstimated: fc.boolean(),
        finishReason: fc.constant(undefined),
        loadMs: maybe,
        prefillMs: maybe,
        decodeMs: maybe,
      }),
      { nil: undefined },
    ),
  })
  .map((changes) => traceInput(changes as Partial<TraceInput>));

/** The same sums, asked of the rows themselves. */
const sumsOfRows = `
  SELECT CAST(timestamp / 3600 AS INTEGER) * 3600 AS hour, node_id, model, kind, coalesce(traffic, '') AS traffic,
    count(*) AS requests, sum(status = 'completed') AS completed, sum(status = 'failed') AS failed,
    sum(status = 'incomplete') AS incomplete, sum(status = 'no_output') AS no_output,
    sum(status = 'client_disconnected') AS disconnected, total(latency_ms) AS latency_ms,
    count(latency_ms) AS latency_count, total(time_to_first_token_ms) AS ttft_ms,
    count(time_to_first_token_ms) AS ttft_count, total(prompt_tokens) AS prompt_tokens,
    total(completion_tokens) AS completion_tokens, sum(retry_count) AS retries, sum(fallback_used) AS fallbacks,
    min(timestamp) AS first_seen, max(timestamp) AS last_seen, min(latency_ms) AS latency_min,
    max(latency_ms) AS latency_max, total(queue_wait_ms) AS queue_wait_ms, sum(coalesce(load_ms, 0) > 500) AS loads,
    total(load_ms) FILTER (WHERE load_ms > 500) AS load_ms,
    total(prefill_ms) FILTER (WHERE prompt_tokens IS NOT NULL) AS prefill_ms,
    total(prompt_tokens) FILTER (WHERE prefill_ms IS NOT NULL) AS prefill_tokens,
    total(decode_ms) FILTER (WHERE completion_tokens IS NOT NULL) AS decode_ms,
    total(completion_tokens) FILTER (WHERE decode_ms IS NOT NULL) AS decode_tokens,
    sum(status = 'completed' AND coalesce(time_to_first_token_ms, 0) > 40000) AS cold_loads,
    sum(status = 'failed' AND latency_ms > 120000) AS timeouts, total(joules) AS joules,
    total(joules) FILTER (WHERE joules_estimated = 1) AS joules_estimated
  FROM request_traces WHERE status <> 'retried' GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`;

describe("usage", () => {
  test("summed up row by row, in lots, or afterwards all at once is what the rows add up to", () => {
    fc.assert(
      fc.property(fc.array(fc.array(someTrace, { maxLength: 12 }), { maxLength: 5 }), (lots) => {
        const { connection, record } = recording();
        for (const lot of lots) record(...lot);
        const inLots = usageOf(connection);
        expect(inLots.cells[0]).toEqual(connection.prepare(sumsOfRows).all());

        connection.exec("DELETE FROM usage_hourly; DELETE FROM usage_tags_hourly; DELETE FROM usage_sketches");
        connection.exec("DELETE FROM usage_progress");
        expect(catchUpUsage(connection)).toBe(lots.flat().length);
        expect(usageOf(connection)).toEqual(inLots);
        expect(catchUpUsage(connection)).toBe(0);
        expect(usageOf(connection)).toEqual(inLots);
      }),
      { numRuns: 40 },
    );
  });

  test("has a request once under each of its tags, and says what it was for when it was no real work", () => {
    const { connection, record } = recording();
    record(traceInput({ tags: ["cli", "cli", "x"] }), traceInput({ tags: ["cli", "benchmark"] }));
    record(traceInput({ tags: ["fleet-intelligence"] }), traceInput({ isSimulated: true }));
    const tags = connection.prepare("SELECT tag, traffic, requests FROM usage_tags_hourly ORDER BY 1, 2").raw().all();
    expect(tags).toEqual([
      ["benchmark", "benchmark", 1],
      ["cli", "", 1],
      ["cli", "benchmark", 1],
      ["fleet-intelligence", "briefing", 1],
      ["x", "", 1],
    ]);
    const traffic = connection.prepare("SELECT traffic, sum(requests) FROM usage_hourly GROUP BY 1 ORDER BY 1").raw();
    expect(traffic.all()).toEqual([
      ["", 1],
      ["benchmark", 1],
      ["briefing", 1],
      ["demo", 1],
    ]);
  });

  test("knows distributions of completed requests, to some percent", () => {
    const { connection, record } = recording();
    const { times } = traceInput();
    record(...Array.from({ length: 100 }, (_, at) => traceInput({ times: { ...times, latencyMs: (at + 1) * 10 } })));
    record(traceInput({ times: { ...times, latencyMs: 1e6 }, outcome: { kind: "cancelled", by: "client" } }));
    const json = connection.prepare<[], string>("SELECT sketches FROM usage_sketches").pluck().get() ?? null;
    const sketches = readSketches(json);
    expect(Object.keys(sketches).sort()).toEqual(
      ["latency_ms", "prompt_tokens", "queue_wait_ms", "tokens_per_s", "total_tokens", "ttft_ms"].sort(),
    );
    expect((percentileOf(sketches["latency_ms"] ?? {}, 0.5) ?? 0) / 500).toBeCloseTo(1, 1);
    expect(percentileOf(sketches["latency_ms"] ?? {}, 1)).toBeLessThan(1100);
  });

  test("leaves the predecessor's retried attempts out, and counts what its program adds when the database is opened next", () => {
    const { connection, record, folder, close } = recording();
    record(traceInput());
    for (const status of ["retried", "completed", "something else"])
      insertAsPredecessor(connection, { request_id: status, status, timestamp: 1_780_000_000.5 });
    close();
    const again = openStore({ folder }).connection;
    const cells = again.prepare("SELECT kind, requests, completed, failed FROM usage_hourly ORDER BY 1").raw().all();
    expect(cells).toEqual([
      ["", 2, 1, 1],
      ["chat", 1, 1, 0],
    ]);
  });

  test("is not lost or doubled when a lot could not be written", () => {
    const { connection, recorder, clock } = recording();
    connection.pragma("query_only = ON");
    recorder.record(traceInput());
    clock.advance(5000);
    recorder.record(traceInput());
    clock.advance(5000);
    connection.pragma("query_only = OFF");
    clock.advance(5000);
    expect(recorder.counts()).toEqual({ written: 2, dropped: 0, pending: 0 });
    expect(connection.prepare("SELECT sum(requests) FROM usage_hourly").pluck().get()).toBe(2);
  });

  test("that cannot be written keeps its rows back, and both come once when it can", () => {
    const { connection, recorder, clock, states } = recording();
    connection.exec("CREATE TRIGGER full BEFORE INSERT ON usage_tags_hourly BEGIN SELECT RAISE(ABORT, 'full'); END");
    recorder.record(traceInput({ tags: ["cli"] }));
    clock.advance(5000);
    expect([states.length, connection.prepare("SELECT count(*) FROM request_traces").pluck().get()]).toEqual([1, 0]);
    connection.exec("DROP TRIGGER full");
    clock.advance(5000);
    expect(recorder.counts()).toEqual({ written: 1, dropped: 0, pending: 0 });
    expect(connection.prepare("SELECT requests FROM usage_hourly").pluck().all()).toEqual([1]);
    expect(connection.prepare("SELECT requests FROM usage_tags_hourly").pluck().all()).toEqual([1]);
  });

  test("takes from rows of other programs what is an amount, and drowns in none of them", () => {
    const { connection } = openStore();
    const odd: readonly unknown[] = [
      1e300,
      Number.POSITIVE_INFINITY,
      -5,
      "12 tokens",
      "",
      Buffer.from([0, 255]),
      9_223_372_036_854_775_807n,
      null,
    ];
    const columns = ["latency_ms", "time_to_first_token_ms", "prompt_tokens", "completion_tokens", "retry_count"];
    const add = (values: Readonly<Record<string, unknown>>): void => {
      const row = { request_id: "r", model: "m", original_model: "m", node_id: "n", status: "completed", ...values };
      const names = Object.keys(row);
      connection
        .prepare(`INSERT INTO request_traces (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`)
        .run(Object.values(row));
    };
    const whole = { latency_ms: 100, time_to_first_token_ms: 10, prompt_tokens: 7, completion_tokens: 3 };
    add({ ...whole, timestamp: 1_790_000_000, prompt_tokens: 7.2 });
    for (const value of odd) {
      for (const column of columns) add({ ...whole, timestamp: 1_790_000_000, [column]: value });
      for (const column of ["model", "node_id", "status", "tags", "fallback_used"])
        add({ ...whole, timestamp: 1_790_000_000, [column]: value ?? "" });
      add({ ...whole, timestamp: value ?? "no time" });
      insertAsPredecessor(connection, { request_id: "again", status: "retried", timestamp: 1_790_000_000 });
    }
    catchUpUsage(connection);
    const sums =
      "SELECT sum(requests), sum(latency_ms), sum(ttft_ms), sum(prompt_tokens), sum(completion_tokens), sum(retries)";
    const requests = 1 + odd.length * (columns.length + 5);
    const lacking = requests - odd.length;
    expect(connection.prepare(`${sums} FROM usage_hourly`).raw().get()).toEqual([
      requests,
      100 * lacking,
      10 * lacking,
      7 * lacking,
      3 * lacking,
      0,
    ]);
    expect(usageOf(connection).sketches).not.toEqual([]);
  });

  test("survives sketches that somebody broke", () => {
    const { connection, record } = recording();
    record(traceInput());
    for (const broken of ["no json", "[]", '{"latency_ms": 7, "ttft_ms": {"3": "x"}}']) {
      connection.prepare("UPDATE usage_sketches SET sketches = ?").run(broken);
      record(traceInput());
      const json = connection.prepare<[], string>("SELECT sketches FROM usage_sketches").pluck().get() ?? null;
      expect(Object.values(readSketches(json)["latency_ms"] ?? {})).toEqual([1]);
    }
  });
});

describe("names that clients make up", () => {
  const count = (connection: Connection, query: string): unknown => connection.prepare(query).pluck().get();

  test("of models that no node has fill no more than a hundred cells an hour; real ones are never lost among them", () => {
    const { connection, record, folder, close } = recording();
    const { times } = traceInput();
    const lost = (at: number) =>
      traceInput({ nodeId: "", attempts: [], servedModel: `made-up-${at}`, times: { ...times, endedAt: begin } });
    record(...Array.from({ length: 300 }, (_, at) => lost(at)), traceInput({ servedModel: "real:7b" }));
    close();
    const again = openStore({ folder });
    const recorder = createTraceRecorder(again);
    for (let at = 200; at < 500; at += 1) recorder.record(lost(at));
    again.flusher.flush();
    const { connection: after } = again;
    expect(connection.open).toBe(false);
    expect(count(after, "SELECT count(*) FROM usage_hourly WHERE node_id = ''")).toBe(101);
    expect(count(after, "SELECT count(*) FROM usage_sketches WHERE node_id = ''")).toBe(101);
    expect(count(after, "SELECT requests FROM usage_hourly WHERE model = '(other)'")).toBe(500);
    expect(count(after, "SELECT count(*) FROM usage_hourly WHERE model = 'real:7b'")).toBe(1);
  });

  test("of tags are bounded, too, those of sessions apart from those of programs", () => {
    const { connection, record } = recording();
    record(...Array.from({ length: 1000 }, (_, at) => traceInput({ tags: [`session:${at}`, "cli"] })));
    record(...Array.from({ length: 1000 }, (_, at) => traceInput({ tags: [`tag-${at}`, `also-${at}`] })));
    expect(count(connection, "SELECT count(*) FROM usage_tags_hourly")).toBe(401);
    expect(count(connection, "SELECT requests FROM usage_tags_hourly WHERE tag = 'cli'")).toBe(1000);
    expect(count(connection, "SELECT requests FROM usage_tags_hourly WHERE tag = '(other)'")).toBe(1701);
  });

  test("may hold any character, and keep cells apart", () => {
    const { connection, record } = recording();
    const names = ["a\u0000b", "a", "b", "'; DROP TABLE usage_hourly; --", "\u001b[31m", "1:a"];
    const pairs = names.flatMap((nodeId) => names.map((servedModel) => ({ nodeId, servedModel })));
    record(...pairs.map((pair) => traceInput({ ...pair, attempts: [attemptInput()] })));
    expect(count(connection, "SELECT count(*) FROM usage_hourly WHERE requests = 1")).toBe(36);
  });
});
