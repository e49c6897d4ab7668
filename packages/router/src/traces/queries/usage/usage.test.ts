import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../../../storage/database.ts";
import { openStore } from "../../../storage/testing/open-store.ts";
import { makePredecessorDatabase } from "../../../storage/testing/predecessor-database.ts";
import { tempFolder } from "../../../storage/testing/temp-folder.ts";
import { createTraceRecorder } from "../../record.ts";
import { traceInput } from "../../testing/trace-input.ts";
import { CONTEXT_DAYS, createContextSizes } from "./context-sizes.ts";
import { DAY_SUM, daySums } from "./day-sums.ts";
import { createKindUsage, KIND_USAGE } from "./kind-usage.ts";
import { createModelUsage, MODEL_DAYS, MODEL_SUMS } from "./model-usage.ts";
import { createNodeUsage, NODE_USAGE } from "./node-usage.ts";
import { createOverview, OVERVIEW } from "./overview.ts";
import { createTagDays, createTagUsage, TAG_DAYS, TAG_SUMS } from "./tag-usage.ts";
import { createTrends, TRENDS } from "./trends.ts";
import { dayOf, hourOf, usageRange } from "./usage-range.ts";

const DAY = 86_400;
const HOUR = 3600;
/** The beginning of a UTC day. */
const day0 = dayOf(1_790_000_000);

interface Ended {
  /** Seconds after day0. */
  readonly at: number;
  readonly node?: string;
  readonly model?: string;
  readonly tags?: readonly string[];
  readonly isSimulated?: boolean;
}

function used(ends: readonly Ended[]) {
  const store = openStore();
  const recorder = createTraceRecorder({ ...store, backlog: 10_000 });
  const { times } = traceInput();
  for (const [index, { at, node = "one", model = "m:1", tags = [], isSimulated = false }] of ends.entries())
    recorder.record(
      traceInput({
        requestId: `r${index}`,
        nodeId: node,
        servedModel: model,
        tags,
        isSimulated,
        times: { ...times, endedAt: (day0 + at) * 1000 },
      }),
    );
  store.flusher.flush();
  return store;
}

const all = { from: day0 - 10 * DAY, to: day0 + 400 * DAY, now: day0 + 400 * DAY };
const total = (rows: readonly { readonly request_count: number }[]): number =>
  rows.reduce((sum, row) => sum + row.request_count, 0);

describe("what was used", () => {
  test("is told by hour, day, node, model and tag", () => {
    const { connection } = used([
      { at: 10, tags: ["cli", "cli", "user:ana"] },
      { at: HOUR + 10, node: "two", tags: ["cli"] },
      { at: DAY + 10, model: "n:1" },
      { at: DAY + 20, node: "", model: "mistyped" },
    ]);
    expect(createTrends(connection)(all).map((row) => [row.hour_bucket - day0, row.request_count])).toEqual([
      [0, 1],
      [HOUR, 1],
      [DAY, 2],
    ]);
    const models = createModelUsage(connection)(all);
    expect(models.daily.map((row) => [row.model_name, row.day_bucket - day0, row.request_count])).toEqual([
      ["m:1", 0, 2],
      ["n:1", DAY, 1],
    ]);
    expect(models.summary.map((row) => [row.model_name, row.total_requests, row.first_seen])).toEqual([
      ["m:1", 2, day0 + 10],
      ["n:1", 1, day0 + DAY + 10],
    ]);
    expect(createNodeUsage(connection)(all).data.map((row) => [row.node_id, row.model, row.day_bucket - day0])).toEqual(
      [
        ["one", "m:1", 0],
        ["two", "m:1", 0],
        ["", "mistyped", DAY],
        ["one", "n:1", DAY],
      ],
    );
    expect(createTagUsage(connection)(all).data.map((row) => [row.tag, row.request_count])).toEqual([
      ["cli", 2],
      ["user:ana", 1],
    ]);
    expect(
      createTagDays(connection)(all).data.map((row) => [row.tag, row.day_bucket - day0, row.request_count]),
    ).toEqual([
      ["cli", 0, 2],
      ["user:ana", 0, 1],
    ]);
    expect(createOverview(connection)({ now: all.now })).toMatchObject({ total_requests: 4, models_count: 2 });
  });

  test("is nothing in an empty database", () => {
    const { connection } = openStore();
    expect(createOverview(connection)({ now: day0 })).toMatchObject({ total_requests: 0, first_seen: null });
    expect(createTrends(connection)(all)).toEqual([]);
    expect(createContextSizes(connection)({ from: 0, now: day0 })).toEqual([]);
  });

  test("leaves out the demo, also where the days are summed up", () => {
    const { connection } = used([{ at: 10 }, { at: 20, isSimulated: true, tags: ["cli"] }]);
    expect(createOverview(connection)({ now: all.now }).total_requests).toBe(1);
    expect(total(createTrends(connection)(all))).toBe(1);
    expect(createTagUsage(connection)(all).data).toEqual([]);
  });

  test("names that a client made up come back as they are", () => {
    const odd = `'; DROP TABLE usage_hourly; --<b>\u001b[31m`;
    const { connection } = used([{ at: 10, model: odd, node: odd, tags: [odd] }]);
    expect(createNodeUsage(connection)(all).data).toMatchObject([{ node_id: odd, model: odd, request_count: 1 }]);
    expect(createTagUsage(connection)(all).data).toMatchObject([{ tag: odd }]);
  });

  test("of the running day is seen at once, though the days before it are summed up", () => {
    const store = used([{ at: -DAY }, { at: 10 }]);
    const overview = createOverview(store.connection);
    expect(overview({ now: day0 + 20 }).total_requests).toBe(2);
    const { times } = traceInput();
    const recorder = createTraceRecorder(store);
    recorder.record(traceInput({ requestId: "later", times: { ...times, endedAt: (day0 + 30) * 1000 } }));
    store.flusher.flush();
    expect(overview({ now: day0 + 40 }).total_requests).toBe(3);
  });

  test("forgets with the database what was deleted, an hour later", () => {
    const { connection } = used([{ at: 10 }, { at: DAY + 10 }]);
    const usage = createNodeUsage(connection);
    expect(total(usage(all).data)).toBe(2);
    connection.exec(`DELETE FROM usage_hourly WHERE hour < ${day0 + DAY}`);
    expect(total(usage({ ...all, now: all.now + HOUR }).data)).toBe(1);
  });

  test("of a predecessor's database is its history", () => {
    const path = `${tempFolder()}/latency.db`;
    makePredecessorDatabase(path).close();
    const { connection, close } = openDatabase({ path, now: Date.now });
    onTestFinished(close);
    const span = { from: 1_780_000_000 - DAY, to: 1_780_000_000 + DAY, now: 1_790_000_000 };
    expect(createOverview(connection)({ now: span.now })).toMatchObject({ total_requests: 3, failed_count: 1 });
    expect(createTagUsage(connection)(span).data).toMatchObject([{ tag: "cli", request_count: 3 }]);
    expect(createModelUsage(connection)(span).summary).toMatchObject([{ model_name: "llama3:latest" }]);
    expect(createContextSizes(connection)({ from: span.from, now: span.now })).toMatchObject([{ request_count: 2 }]);
  });

  test("adds up to the same, whatever span and however it is told", () => {
    const seconds = fc.array(
      fc.record({
        at: fc.integer({ min: 0, max: 5 * DAY - 1 }),
        node: fc.constantFrom("one", "two"),
        model: fc.constantFrom("m:1", "n:1"),
      }),
      { minLength: 1, maxLength: 30 },
    );
    const spans = fc.record({
      from: fc.integer({ min: -DAY, max: 5 * DAY }),
      length: fc.integer({ min: 1, max: 6 * DAY }),
      now: fc.integer({ min: 0, max: 9 * DAY }),
    });
    fc.assert(
      fc.property(seconds, spans, (ends, { from, length, now }) => {
        const { connection } = used(ends);
        const question = { from: day0 + from, to: day0 + from + length, now: day0 + now };
        const first = hourOf(question.from);
        const last = Math.ceil(question.to / HOUR) * HOUR;
        const expected = ends.filter(({ at }) => day0 + at >= first && day0 + at < last).length;
        const { daily, summary } = createModelUsage(connection)(question);
        expect(total(createNodeUsage(connection)(question).data)).toBe(expected);
        expect(total(daily)).toBe(expected);
        expect(summary.reduce((sum, row) => sum + row.total_requests, 0)).toBe(expected);
        expect(total(createTrends(connection)(question))).toBe(expected);
      }),
      { numRuns: 25 },
    );
  });
});

test("tokens of contexts are told within 2.5 %, the newest days apart", () => {
  const { connection } = used([{ at: 10 }, { at: 5 * DAY }]);
  const [sizes] = createContextSizes(connection)({ from: day0, now: day0 + 5 * DAY + 10 });
  const { usage } = traceInput();
  const prompt = usage?.promptTokens ?? 0;
  expect(sizes?.request_count).toBe(2);
  expect(Math.abs((sizes?.prompt_tokens.max ?? 0) - prompt) / prompt).toBeLessThan(0.05);
  const [older] = createContextSizes(connection)({ from: day0, now: day0 + 50 * DAY });
  expect(older?.total_tokens.max_24h).toBe(0);
});

test("requests of one kind are counted by node and model", () => {
  const store = openStore();
  const recorder = createTraceRecorder(store);
  recorder.record(traceInput({ kind: "image", nodeId: "one", servedModel: "flux:1" }));
  recorder.record(traceInput({ kind: "chat" }));
  store.flusher.flush();
  const since = traceInput().times.endedAt / 1000;
  const stats = createKindUsage(store.connection)({ kind: "image", since });
  expect(stats).toMatchObject({ total: 1, completed: 1, by_node: { one: 1 }, by_model: { "flux:1": 1 } });
});

test("a range is whole hours, and whole days between them", () => {
  const range = usageRange({ from: day0 + 1, to: day0 + 3 * DAY + 1, now: day0 + 9 * DAY });
  expect(range).toEqual({
    fromHour: day0,
    firstDay: day0,
    lastDay: day0 + 3 * DAY,
    toHour: day0 + 3 * DAY + HOUR,
  });
  const short = usageRange({ from: day0 + 1, to: day0 + HOUR, now: day0 + HOUR });
  expect(short).toEqual({ fromHour: day0, firstDay: day0 + HOUR, lastDay: day0 + HOUR, toHour: day0 + HOUR });
});

describe("the plan of every statistic", () => {
  const named = { fromHour: 0, firstDay: 0, lastDay: 0, toHour: 0, day: 0 };
  const statements = { OVERVIEW, MODEL_DAYS, MODEL_SUMS, NODE_USAGE, DAY_SUM };
  const byPlace = { TRENDS: [0, 1], TAG_SUMS: [0, 1], TAG_DAYS: [0, 1], KIND_USAGE: [0, "image"], CONTEXT_DAYS: [0] };
  const texts = { TRENDS, TAG_SUMS, TAG_DAYS, KIND_USAGE, CONTEXT_DAYS };

  const planOf = (statement: string, parameters: readonly unknown[]): string[] => {
    const { connection } = openStore();
    daySums(connection);
    return connection
      .prepare<unknown[], { readonly detail: string }>(`EXPLAIN QUERY PLAN ${statement}`)
      .all(...parameters)
      .map(({ detail }) => detail);
  };
  /** What is read is bounded by a key; what is sorted is groups of a span, never rows of requests. */
  const expectBounded = (plan: readonly string[]): void => {
    expect(plan.filter((line) => /request_traces|SCAN (usage|main|temp)/.test(line))).toEqual([]);
    expect(plan.some((line) => /SEARCH \S+ USING (PRIMARY KEY|INDEX)/.test(line))).toBe(true);
  };

  test.each(Object.keys(statements) as (keyof typeof statements)[])("is bounded by a primary key: %s", (name) => {
    expectBounded(planOf(statements[name], [named]));
  });

  test.each(Object.keys(texts) as (keyof typeof texts)[])("is bounded by a primary key: %s", (name) => {
    expectBounded(planOf(texts[name], byPlace[name]));
  });

  test("trends are not even sorted", () => {
    expect(planOf(TRENDS, [0, 1]).filter((line) => line.includes("TEMP B-TREE"))).toEqual([]);
  });
});
