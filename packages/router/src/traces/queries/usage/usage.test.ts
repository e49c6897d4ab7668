import { describe, expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../../../storage/database.ts";
import { openStore } from "../../../storage/testing/open-store.ts";
import { makePredecessorDatabase } from "../../../storage/testing/predecessor-database.ts";
import { tempFolder } from "../../../storage/testing/temp-folder.ts";
import { createTraceRecorder } from "../../record.ts";
import { traceInput } from "../../testing/trace-input.ts";
import { createEnergy, NODE_DAYS } from "../energy.ts";
import { CELLS } from "./cell-parts.ts";
import { CONTEXT_DAYS, createContextSizes } from "./context-sizes.ts";
import { storedEnds } from "./day-parts.ts";
import { createKindUsage, KIND_USAGE } from "./kind-usage.ts";
import { createModelUsage } from "./model-usage.ts";
import { createNodeUsage } from "./node-usage.ts";
import { createOverview } from "./overview.ts";
import { createTagDays, createTagUsage, TAG_SUMS } from "./tag-usage.ts";
import { createTrends, TRENDS } from "./trends.ts";
import { dayOf, usageRange, type WrittenQuestion } from "./usage-range.ts";

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

type Row = Readonly<Record<string, string | number>>;
type Written = (question: WrittenQuestion) => Uint8Array;
/** What an answer says. */
const read = (write: Written, question: WrittenQuestion) =>
  JSON.parse(new TextDecoder().decode(write(question))) as Readonly<
    Record<"data" | "daily" | "summary", readonly Row[]>
  > & {
    readonly is_complete: boolean;
  };

const all = { from: day0 - 10 * DAY, to: day0 + 400 * DAY, now: day0 + 400 * DAY };
const total = (rows: readonly Row[]): number => rows.reduce((sum, row) => sum + Number(row["request_count"]), 0);

describe("what was used", () => {
  test("is told by hour, day, node, model and tag", () => {
    const { connection } = used([
      { at: 10, tags: ["cli", "cli", "user:ana"] },
      { at: HOUR + 10, node: "two", tags: ["cli"] },
      { at: DAY + 10, model: "n:1" },
      { at: DAY + 20, node: "", model: "mistyped" },
    ]);
    expect(
      read(createTrends(connection), all).data.map((row) => [Number(row["hour_bucket"]) - day0, row["request_count"]]),
    ).toEqual([
      [0, 1],
      [HOUR, 1],
      [DAY, 2],
    ]);
    const models = read(createModelUsage(connection), all);
    expect(
      models.daily.map((row) => [row["model_name"], Number(row["day_bucket"]) - day0, row["request_count"]]),
    ).toEqual([
      ["m:1", 0, 2],
      ["n:1", DAY, 1],
    ]);
    expect(models.summary.map((row) => [row["model_name"], row["total_requests"], row["first_seen"]])).toEqual([
      ["m:1", 2, day0 + 10],
      ["n:1", 1, day0 + DAY + 10],
    ]);
    expect(
      read(createNodeUsage(connection), all).data.map((row) => [
        row["node_id"],
        row["model"],
        Number(row["day_bucket"]) - day0,
      ]),
    ).toEqual([
      ["one", "m:1", 0],
      ["two", "m:1", 0],
      ["", "mistyped", DAY],
      ["one", "n:1", DAY],
    ]);
    expect(read(createTagUsage(connection), all).data.map((row) => [row["tag"], row["request_count"]])).toEqual([
      ["cli", 2],
      ["user:ana", 1],
    ]);
    expect(
      read(createTagDays(connection), all).data.map((row) => [
        row["tag"],
        Number(row["day_bucket"]) - day0,
        row["request_count"],
      ]),
    ).toEqual([
      ["cli", 0, 2],
      ["user:ana", 0, 1],
    ]);
    expect(createOverview(connection)({ now: all.now })).toMatchObject({ total_requests: 4, models_count: 2 });
  });

  test("is nothing in an empty database", () => {
    const { connection } = openStore();
    expect(createOverview(connection)({ now: day0 })).toMatchObject({ total_requests: 0, first_seen: null });
    expect(read(createTrends(connection), all).data).toEqual([]);
    expect(createContextSizes(connection)({ from: 0, now: day0 })).toEqual([]);
  });

  test("leaves out the demo, also where the days are summed up", () => {
    const { connection } = used([{ at: 10 }, { at: 20, isSimulated: true, tags: ["cli"] }]);
    expect(createOverview(connection)({ now: all.now }).total_requests).toBe(1);
    expect(total(read(createTrends(connection), all).data)).toBe(1);
    expect(read(createTagUsage(connection), all).data).toEqual([]);
  });

  test("names that a client made up come back as they are", () => {
    const odd = `'; DROP TABLE usage_hourly; --<b>\u001b[31m`;
    const { connection } = used([{ at: 10, model: odd, node: odd, tags: [odd] }]);
    expect(read(createNodeUsage(connection), all).data).toMatchObject([{ node_id: odd, model: odd, request_count: 1 }]);
    expect(read(createTagUsage(connection), all).data).toMatchObject([{ tag: odd }]);
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

  test("forgets with the database what was deleted, two hours later", () => {
    const { connection } = used([{ at: 10 }, { at: DAY + 10 }]);
    const usage = createNodeUsage(connection);
    expect(total(read(usage, all).data)).toBe(2);
    connection.exec(`DELETE FROM usage_hourly WHERE hour < ${day0 + DAY}`);
    expect(total(read(usage, { ...all, now: all.now + 2 * HOUR }).data)).toBe(1);
  });

  test("of a predecessor's database is its history", () => {
    const path = `${tempFolder()}/latency.db`;
    makePredecessorDatabase(path).close();
    const { connection, close } = openDatabase({ path, now: Date.now });
    onTestFinished(close);
    const span = { from: 1_780_000_000 - DAY, to: 1_780_000_000 + DAY, now: 1_790_000_000 };
    expect(createOverview(connection)({ now: span.now })).toMatchObject({ total_requests: 3, failed_count: 1 });
    expect(read(createTagUsage(connection), span).data).toMatchObject([{ tag: "cli", request_count: 3 }]);
    expect(read(createModelUsage(connection), span).summary).toMatchObject([{ model_name: "llama3:latest" }]);
    expect(createContextSizes(connection)({ from: span.from, now: span.now })).toMatchObject([{ request_count: 2 }]);
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

test("energy is that of each node's own requests, its tokens those of the hours that tell it", () => {
  const { connection } = openStore();
  const work = connection.prepare(
    `INSERT INTO usage_hourly (hour, node_id, model, kind, traffic, first_seen, last_seen, requests, joules, prompt_tokens,
       completion_tokens) VALUES (?, ?, 'm', 'chat', '', 0, 0, 1, ?, ?, ?)`,
  );
  work.run(day0, "a", 3600, 100, 50);
  work.run(day0 + HOUR, "a", 0, 7, 7);
  work.run(day0, "b", 7200, 10, 20);
  const node = connection.prepare("INSERT INTO node_energy (day, node_id, joules, seconds) VALUES (?, ?, 36000, 3600)");
  for (const id of ["a", "b", "idle"]) node.run(day0, id);
  const question = { days: 1, since: day0, now: day0 + DAY, pricePerKwh: 100 };
  const answer = JSON.parse(new TextDecoder().decode(createEnergy(connection)(question))) as object;
  expect(answer).toMatchObject({
    data: [
      { node_id: "a", wh: 1, prompt_tokens: 100, completion_tokens: 50, tokens_per_wh: 150 },
      { node_id: "b", wh: 2, tokens: 30, tokens_per_wh: 15 },
    ],
    nodes: [
      { node_id: "a", work_wh: 1, wh: 10, hours: 1 },
      { node_id: "b", work_wh: 2 },
      { node_id: "idle", work_wh: 0 },
    ],
    totals: { work: { wh: 3, tokens: 180, tokens_per_wh: 60 }, nodes: { wh: 30 } },
    price: { work: 0.3, nodes: 3 },
  });
});

test("a range is whole hours", () => {
  expect(usageRange({ from: day0 + 1, to: day0 + HOUR + 1 })).toEqual({ fromHour: day0, toHour: day0 + 2 * HOUR });
  expect(usageRange({ from: day0, to: day0 + HOUR })).toEqual({ fromHour: day0, toHour: day0 + HOUR });
});

describe("the plan of every statistic", () => {
  const statements = {
    CELLS: [CELLS, 0, 1],
    TRENDS: [TRENDS, 0, 1],
    TAG_SUMS: [TAG_SUMS, 0, 1],
    KIND_USAGE: [KIND_USAGE, 0, "image"],
    CONTEXT_DAYS: [CONTEXT_DAYS, 0],
    NODE_DAYS: [NODE_DAYS, 0],
  } as const;
  const planOf = (statement: string, parameters: readonly unknown[]): string[] => {
    const { connection } = openStore();
    return connection
      .prepare<unknown[], { readonly detail: string }>(`EXPLAIN QUERY PLAN ${statement}`)
      .all(...parameters)
      .map(({ detail }) => detail);
  };

  /** What is read is bounded by a key; what is sorted is groups of a span, never rows of requests. */
  test.each(Object.keys(statements) as (keyof typeof statements)[])("is bounded by a primary key: %s", (name) => {
    const [statement, ...parameters] = statements[name];
    const plan = planOf(statement, parameters);
    expect(plan.filter((line) => /request_traces|SCAN/.test(line))).toEqual([]);
    expect(plan.some((line) => /SEARCH \S+ USING (PRIMARY KEY|INDEX)/.test(line))).toBe(true);
  });

  test("trends are not even sorted", () => {
    expect(planOf(TRENDS, [0, 1]).filter((line) => line.includes("TEMP B-TREE"))).toEqual([]);
  });

  test("the ends of what is stored are looked up, not searched for", () => {
    const plan = planOf(storedEnds("usage_hourly"), []).filter((line) => line.includes("usage_hourly"));
    expect(plan).toHaveLength(2);
    expect(plan.every((line) => line.startsWith("SEARCH"))).toBe(true);
  });
});
