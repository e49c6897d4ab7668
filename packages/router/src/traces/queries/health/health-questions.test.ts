import { describe, expect, test } from "vitest";
import type { Connection } from "../../../storage/connection.ts";
import { openStore } from "../../../storage/testing/open-store.ts";
import { createTraceRecorder } from "../../record.ts";
import { traceInput } from "../../testing/trace-input.ts";
import type { TraceInput } from "../../trace-input.ts";
import { createHealthHabits } from "./habits.ts";
import { createHealthTraffic } from "./traffic.ts";

const HOUR = 3_600_000;
/** A quarter past an hour. */
const NOW = Math.floor(1_790_000_000_000 / HOUR) * HOUR + HOUR / 4;
const failed = {
  kind: "failed",
  source: "node",
  code: "HERD_NODE_FAILED",
  failureClass: "node-fault",
  isPartial: false,
  detail: "boom",
} as const;

/** A store in which these requests ended, each so long ago (ms). */
function storeWith(requests: readonly (Partial<TraceInput> & { readonly ago: number })[]): Connection {
  const store = openStore();
  const recorder = createTraceRecorder(store);
  for (const [index, { ago, ...changes }] of requests.entries()) {
    const times = { ...traceInput().times, endedAt: NOW - ago };
    recorder.record(traceInput({ requestId: `r${index}`, times, ...changes }));
  }
  store.flusher.flush();
  return store.connection;
}

describe("what happened lately", () => {
  test("is counted for a day and for the last hour, per node, model and kind", () => {
    const { uses } = createHealthTraffic(
      storeWith([
        { ago: 60_000 },
        { ago: HOUR },
        { ago: 5 * HOUR, outcome: failed },
        { ago: 60_000, kind: "embed" },
        { ago: 30 * HOUR },
      ]),
    )({ now: NOW });
    expect(
      uses.map(({ nodeId, model, kind, day, recent }) => [
        nodeId,
        model,
        kind,
        day.requests,
        day.failed,
        recent.requests,
      ]),
    ).toEqual([
      ["mac-mini", "gemma3:4b", "chat", 3, 1, 2],
      ["mac-mini", "gemma3:4b", "embed", 1, 0, 1],
    ]);
    expect(uses[0]?.day).toMatchObject({ completed: 2, latencyMs: 2700, ttftCount: 3 });
  });

  test("holds the newest bad ends of each status, and the newest requests, real ones of a day only", () => {
    const answer = createHealthTraffic(
      storeWith([
        { ago: 4000 },
        { ago: 3000, outcome: failed, edits: ["num_ctx removed"], excludedNodes: ["other"] },
        { ago: 2000, outcome: { kind: "cancelled", by: "client" } },
        { ago: 1000, outcome: failed, isSimulated: true },
        { ago: 900, outcome: failed, tags: ["benchmark"] },
        { ago: 25 * HOUR, outcome: failed },
      ]),
    )({ now: NOW });
    expect(answer.ends.map(({ requestId }) => requestId)).toEqual(["r1", "r2"]);
    expect(answer.newest.map(({ requestId }) => requestId)).toEqual(["r2", "r1", "r0"]);
    expect(answer.ends[0]).toEqual({
      requestId: "r1",
      at: NOW - 3000,
      status: "failed",
      nodeId: "mac-mini",
      model: "gemma3:4b",
      askedModel: "gemma3:4b",
      kind: "chat",
      dialect: "ollama",
      errorCode: "HERD_NODE_FAILED",
      errorClass: "node-fault",
      error: "boom",
      latencyMs: 900,
      ttftMs: 120,
      loadMs: 20,
      promptTokens: 20,
      completionTokens: 64,
      estimatedTokens: 18,
      retries: 0,
      failedOn: ["other"],
      isFallback: false,
      edits: ["num_ctx removed"],
    });
  });

  test("survives what other programs stored in odd columns", () => {
    const connection = storeWith([{ ago: 1000, outcome: failed }]);
    connection.exec("UPDATE request_traces SET edits = '{', latency_ms = 'fast', retry_count = NULL, status = 'odd'");
    const { newest } = createHealthTraffic(connection)({ now: NOW });
    expect(newest).toMatchObject([{ status: "failed", edits: [], latencyMs: 0, retries: 0 }]);
  });

  test("holds what happened to models, with the reason where one is told", () => {
    const connection = storeWith([]);
    const insert = connection.prepare(
      "INSERT INTO model_events (timestamp, event, node_id, model, details) VALUES (?, ?, 'n', 'm', ?)",
    );
    insert.run(NOW / 1000 - 60, "pull_failed", '{"error":"no space left"}');
    insert.run(NOW / 1000 - 30, "loaded", null);
    insert.run(NOW / 1000 - 90_000, "deleted", null);
    const { events } = createHealthTraffic(connection)({ now: NOW });
    expect(events.map(({ event, reason }) => [event, reason])).toEqual([
      ["loaded", ""],
      ["pull_failed", "no space left"],
    ]);
  });
});

describe("what is usual", () => {
  const usage = (tokens: number, decodeMs: number): TraceInput["usage"] => ({
    promptTokens: 20,
    completionTokens: tokens,
    isEstimated: false,
    finishReason: "stop",
    loadMs: 20,
    prefillMs: 80,
    decodeMs,
  });

  test("is the median of the single hours before the last one, so that one bad hour is none", () => {
    const hours = [50, 50, 52, 5, 48, 50].map((speed, index) => ({
      ago: (index + 3) * HOUR,
      usage: usage(speed * 10, 10_000),
    }));
    const connection = storeWith([...hours, { ago: 60_000, usage: usage(200, 10_000) }]);
    const [pace, ...others] = createHealthHabits(connection)({ now: NOW }).paces;
    expect(others).toEqual([]);
    expect(pace).toMatchObject({
      nodeId: "mac-mini",
      model: "gemma3:4b",
      decode: { recent: 20, usual: 50, low: 5, high: 52, hours: 6, recentRequests: 1 },
      firstToken: { recent: 120, usual: 120 },
      promptTokens: { recent: 20, usual: 20 },
    });
  });

  test("is not told without requests of the last hour, without any before, and for the demo", () => {
    const habitsOf = (...requests: Parameters<typeof storeWith>[0]) =>
      createHealthHabits(storeWith(requests))({ now: NOW }).paces;
    expect(habitsOf({ ago: 5 * HOUR })).toEqual([]);
    expect(habitsOf({ ago: 60_000 })).toEqual([]);
    expect(habitsOf({ ago: 5 * HOUR, isSimulated: true }, { ago: 60_000, isSimulated: true })).toEqual([]);
  });

  test("knows the tokens of 99 % of a model's requests over all nodes", () => {
    const many = Array.from({ length: 20 }, (_, index) => ({
      ago: HOUR,
      nodeId: index % 2 === 0 ? "a" : "b",
      usage: usage(80, 1000),
    }));
    const { contexts } = createHealthHabits(storeWith(many))({ now: NOW });
    expect(contexts).toMatchObject([{ model: "gemma3:4b", requests: 20 }]);
    expect(Math.abs((contexts[0]?.totalP99 ?? 0) - 100)).toBeLessThanOrEqual(3);
  });
});

describe("every question of health", () => {
  test.each([
    ["traffic", createHealthTraffic],
    ["habits", createHealthHabits],
  ])("about %s walks along an index and bounds what it reads, whatever the statistics say", (_name, create) => {
    const connection = storeWith([{ ago: 1000 }, { ago: 500, outcome: failed }]);
    connection.exec("ANALYZE");
    const asked = statementsOf(connection, create);
    expect(asked.length).toBeGreaterThan(1);
    for (const sql of asked) {
      expect(sql).toContain("LIMIT");
      const [step, ...others] = stepsOf(connection, sql);
      expect(others).toEqual([]);
      expect(step).toMatch(/^SEARCH \w+ USING (INDEX|PRIMARY KEY)/);
      if (sql.includes("@status")) expect(step).toContain("status=? AND timestamp>?");
    }
  });
});

/** The statements that a question prepares. */
function statementsOf(connection: Connection, create: (connection: Connection) => unknown): readonly string[] {
  const asked: string[] = [];
  const prepare = (sql: string) => {
    asked.push(sql);
    return connection.prepare(sql);
  };
  create(new Proxy(connection, { get: (target, name) => (name === "prepare" ? prepare : Reflect.get(target, name)) }));
  return asked;
}

/** How a statement gets at stored tables. */
function stepsOf(connection: Connection, sql: string): readonly string[] {
  const named = { status: "failed", since: 0, daySince: 0, recentSince: 0 };
  const parameters = sql.includes("@") ? [named] : [...sql.matchAll(/\?/g)].map(() => 0);
  const plan = connection.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters);
  return plan.map(({ detail }) => detail).filter((detail) => /request_traces|usage_|model_events/.test(detail));
}
