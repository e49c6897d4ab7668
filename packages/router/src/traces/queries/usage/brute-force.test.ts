/** Every statistic against one that goes through all stored rows. */
import fc from "fast-check";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { Outcome } from "../../../domain/outcome.ts";
import type { Connection } from "../../../storage/connection.ts";
import { openDatabase } from "../../../storage/database.ts";
import { openStore } from "../../../storage/testing/open-store.ts";
import { insertAsPredecessor, makePredecessorDatabase } from "../../../storage/testing/predecessor-database.ts";
import { tempFolder } from "../../../storage/testing/temp-folder.ts";
import { createTraceRecorder } from "../../record.ts";
import { traceInput } from "../../testing/trace-input.ts";
import type { TraceInput } from "../../trace-input.ts";
import { createAhead } from "../ahead.ts";
import { createEnergy } from "../energy.ts";
import { createModelUse } from "../models/model-use.ts";
import { createContextSizes } from "./context-sizes.ts";
import { createKindUsage } from "./kind-usage.ts";
import { createModelUsage } from "./model-usage.ts";
import { createNodeUsage } from "./node-usage.ts";
import { createOverview } from "./overview.ts";
import { createTagDays, createTagUsage } from "./tag-usage.ts";
import { createTrends } from "./trends.ts";

const HOUR = 3600;
const DAY = 86_400;

interface StoredRow {
  readonly timestamp: number;
  readonly node_id: string;
  readonly model: string;
  readonly kind: string | null;
  readonly status: string;
  readonly latency_ms: number | null;
  readonly time_to_first_token_ms: number | null;
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number | null;
  readonly decode_ms: number | null;
  readonly retry_count: number;
  readonly fallback_used: number;
  readonly joules: number | null;
  readonly joules_estimated: number | null;
  readonly tags: string | null;
  readonly traffic: string | null;
}

const realRows = (connection: Connection): readonly StoredRow[] =>
  connection
    .prepare<[], StoredRow>("SELECT * FROM request_traces")
    .all()
    .filter(({ status, traffic }) => status !== "retried" && traffic === null);

const floor = (at: number, unit: number): number => Math.floor(at / unit) * unit;
const add = (rows: readonly StoredRow[], column: keyof StoredRow): number =>
  rows.reduce((sum, row) => sum + Number(row[column] ?? 0), 0);
const count = (rows: readonly StoredRow[], ...statuses: string[]): number =>
  rows.filter(({ status }) => statuses.includes(status)).length;
const meanOf = (rows: readonly StoredRow[], column: "latency_ms" | "time_to_first_token_ms"): number | null => {
  const known = rows.filter((row) => row[column] !== null);
  return known.length === 0 ? null : add(known, column) / known.length;
};

const measured = (rows: readonly StoredRow[]) => ({
  completed_count: count(rows, "completed"),
  failed_count: count(rows, "failed", "incomplete"),
  disconnected_count: count(rows, "client_disconnected"),
  no_output_count: count(rows, "no_output"),
  avg_latency_ms: meanOf(rows, "latency_ms"),
  avg_ttft_ms: meanOf(rows, "time_to_first_token_ms"),
  total_prompt_tokens: add(rows, "prompt_tokens"),
  total_completion_tokens: add(rows, "completion_tokens"),
});
const seen = (rows: readonly StoredRow[]) => ({
  first_seen: Math.floor(Math.min(...rows.map(({ timestamp }) => timestamp))),
  last_seen: Math.floor(Math.max(...rows.map(({ timestamp }) => timestamp))),
});

/** Groups by the text of a key. */
function groups<Key extends object>(rows: readonly StoredRow[], keyOf: (row: StoredRow) => Key | Key[]) {
  const found = new Map<string, { key: Key; rows: StoredRow[] }>();
  for (const row of rows) {
    for (const key of [keyOf(row)].flat() as Key[]) {
      const text = JSON.stringify(key);
      const group = found.get(text) ?? { key, rows: [] };
      group.rows.push(row);
      found.set(text, group);
    }
  }
  return [...found.values()];
}

const tagsOf = ({ tags }: StoredRow): readonly string[] => [...new Set(JSON.parse(tags ?? "[]") as string[])];
const day_bucket = ({ timestamp }: StoredRow): number => floor(timestamp, DAY);

/** What the answers should be, in any order. */
function expectedOf(rows: readonly StoredRow[]) {
  const served = rows.filter(({ node_id }) => node_id !== "");
  return {
    trends: groups(rows, (row) => ({ hour_bucket: floor(row.timestamp, HOUR) })).map(({ key, rows: own }) => ({
      ...key,
      request_count: own.length,
      ...measured(own),
    })),
    usage: groups(rows, (row) => ({ node_id: row.node_id, model: row.model, day_bucket: day_bucket(row) })).map(
      ({ key, rows: own }) => ({
        ...key,
        request_count: own.length,
        ...measured(own),
        total_retries: add(own, "retry_count"),
        total_fallbacks: add(own, "fallback_used"),
        joules: add(own, "joules"),
        joules_estimated: add(
          own.filter((row) => row.joules_estimated === 1),
          "joules",
        ),
      }),
    ),
    daily: groups(served, (row) => ({ model_name: row.model, day_bucket: day_bucket(row) })).map(
      ({ key, rows: own }) => ({ ...key, request_count: own.length, ...measured(own) }),
    ),
    summary: groups(served, (row) => ({ model_name: row.model })).map(({ key, rows: own }) => {
      const latencies = own.flatMap(({ latency_ms }) => latency_ms ?? []);
      const decoded = own.filter((row) => row.decode_ms !== null && row.completion_tokens !== null);
      const ms = add(decoded, "decode_ms");
      return {
        ...key,
        total_requests: own.length,
        ...measured(own),
        ...seen(own),
        min_latency_ms: latencies.length === 0 ? null : Math.min(...latencies),
        max_latency_ms: latencies.length === 0 ? null : Math.max(...latencies),
        tokens_per_s: ms > 0 ? (add(decoded, "completion_tokens") * 1000) / ms : null,
      };
    }),
    tags: groups(rows, (row) => tagsOf(row).map((tag) => ({ tag }))).map(({ key, rows: own }) => ({
      ...key,
      total_requests: own.length,
      ...measured(own),
      ...seen(own),
    })),
    tagDays: groups(rows, (row) => tagsOf(row).map((tag) => ({ tag, day_bucket: day_bucket(row) }))).map(
      ({ key, rows: own }) => ({
        ...key,
        request_count: own.length,
        avg_latency_ms: meanOf(own, "latency_ms"),
        total_tokens: add(own, "prompt_tokens") + add(own, "completion_tokens"),
      }),
    ),
  };
}

type Answer = Readonly<Record<string, unknown>>;

/** Equal but for the last digits of numbers, and for the order. */
function expectSame(found: unknown, expected: readonly Answer[]): void {
  const text = (rows: readonly Answer[]): string[] =>
    rows
      .map((row) =>
        JSON.stringify(
          Object.fromEntries(
            Object.entries(row)
              .map(([name, value]) => [name, typeof value === "number" ? Math.round(value * 50) / 50 : value] as const)
              .toSorted(([one], [other]) => (one < other ? -1 : 1)),
          ),
        ),
      )
      .toSorted();
  expect(text(found as Answer[])).toEqual(text(expected));
}

const read = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as Record<string, Answer[]>;

interface Asked {
  readonly from: number;
  readonly to: number;
  readonly now: number;
}

/** Asks everything, twice: what is kept by then must be right as well. */
function checkAll(connection: Connection, question: Asked): void {
  const rows = realRows(connection);
  const from = floor(question.from, HOUR);
  const to = Math.ceil(question.to / HOUR) * HOUR;
  const expected = expectedOf(rows.filter(({ timestamp }) => timestamp >= from && timestamp < to));
  for (let turn = 0; turn < 2; turn += 1) {
    expectSame(read(createTrends(connection)(question))["data"], expected.trends);
    expectSame(read(createNodeUsage(connection)(question))["data"], expected.usage);
    const models = read(createModelUsage(connection)(question));
    expectSame(models["daily"], expected.daily);
    expectSame(models["summary"], expected.summary);
    expectSame(read(createTagUsage(connection)(question))["summary"], expected.tags);
    expectSame(read(createTagDays(connection)(question))["data"], expected.tagDays);
  }
  checkTotals(connection, question, rows);
  checkSince(connection, question, rows);
  checkContexts(connection, question, rows);
}

function checkTotals(connection: Connection, { now }: Asked, rows: readonly StoredRow[]): void {
  const { models_count, total_tokens, ...all } = createOverview(connection)({ now });
  const served = rows.filter(({ node_id }) => node_id !== "");
  expect(models_count).toBe(new Set(served.map(({ model }) => model)).size);
  expect(total_tokens).toBe(add(rows, "prompt_tokens") + add(rows, "completion_tokens"));
  const moments = rows.length === 0 ? { first_seen: null, last_seen: null } : seen(rows);
  expectSame([all], [{ total_requests: rows.length, ...measured(rows), ...moments }]);
}

function checkSince(connection: Connection, { from, now }: Asked, rows: readonly StoredRow[]): void {
  const since = rows.filter(({ timestamp }) => timestamp >= floor(from, HOUR));
  const uses = groups(
    since.filter(({ node_id }) => node_id !== ""),
    ({ node_id, model }) => ({ node_id, model }),
  ).map(({ key, rows: own }) => ({ ...key, requests: own.length, last_used: seen(own).last_seen }));
  expectSame(createModelUse(connection)({ since: from, now }), uses);
  const images = since.filter(({ kind }) => kind === "image");
  const kinds = createKindUsage(connection)({ kind: "image", since: from });
  expect([kinds.total, kinds.completed, kinds.failed]).toEqual([
    images.length,
    count(images, "completed"),
    count(images, "failed", "incomplete"),
  ]);
  expect(kinds.avg_ms ?? -1).toBeCloseTo(meanOf(images, "latency_ms") ?? -1, 2);
  const day = floor(from, DAY);
  const energy = read(createEnergy(connection)({ days: 1, since: day, now, pricePerKwh: 0 }));
  const joules = rows.filter(({ timestamp }) => timestamp >= day);
  expect(energy["data"]?.reduce((sum, row) => sum + Number(row["joules"]), 0)).toBeCloseTo(add(joules, "joules"), 1);
}

function checkContexts(connection: Connection, { from, now }: Asked, rows: readonly StoredRow[]): void {
  const within = rows.filter(
    (row) => row.timestamp >= floor(from, DAY) && row.timestamp < floor(now, DAY) + DAY && row.status === "completed",
  );
  const completed = within.filter(({ node_id, prompt_tokens }) => node_id !== "" && prompt_tokens !== null);
  const sizes = createContextSizes(connection)({ from, now });
  expect(sizes.map(({ model, request_count }) => [model, request_count]).toSorted()).toEqual(
    groups(completed, ({ model }) => ({ model }))
      .map(({ key, rows: own }) => [key.model, own.length])
      .toSorted(),
  );
  for (const { model, prompt_tokens, total_tokens } of sizes) {
    const own = completed.filter((row) => row.model === model);
    const largest = (of: (row: StoredRow) => number): number => Math.max(0, ...own.map(of));
    const totalOf = (row: StoredRow): number => (row.prompt_tokens ?? 0) + (row.completion_tokens ?? 0);
    const near = (found: number, right: number): void =>
      expect(Math.abs(found - right)).toBeLessThanOrEqual(Math.max(1, right * 0.025 + 1));
    near(
      prompt_tokens.max,
      largest((row) => row.prompt_tokens ?? 0),
    );
    near(total_tokens.max, largest(totalOf));
    const recent = own.filter(({ timestamp }) => timestamp >= floor(now, DAY) - DAY);
    near(total_tokens.max_24h, Math.max(0, ...recent.map(totalOf)));
  }
}

const failure = {
  kind: "failed",
  source: "node",
  code: "HERD_NODE_FAILED",
  failureClass: "node-fault",
  detail: "",
} as const;
const outcomes = [
  { kind: "completed", hasOutput: true },
  { kind: "completed", hasOutput: false },
  { ...failure, isPartial: false },
  { ...failure, isPartial: true },
  { kind: "cancelled", by: "client" },
  { kind: "rejected", code: "HERD_MODEL_NOT_FOUND", detail: "" },
] as const satisfies readonly Outcome[];

/** Both changes of the clocks in Berlin in 2026, and one in New York, in the midst. */
const beginnings = [Date.UTC(2026, 2, 27), Date.UTC(2026, 9, 23), Date.UTC(2026, 2, 6)].map((ms) => ms / 1000);
const SPAN = 5 * DAY;

const ends = fc.record({
  at: fc.integer({ min: 0, max: SPAN * 1000 - 1 }),
  node: fc.constantFrom("one", "two", ""),
  model: fc.constantFrom("m:1", "n:1", `'; DROP TABLE usage_hourly; --"`),
  outcome: fc.constantFrom(...outcomes),
  kind: fc.constantFrom("chat", "embed", "image" as const),
  tags: fc.constantFrom([], ["cli"], ["cli", "cli", "user:ana"], ["benchmark"], ["<b>,[]"]),
  latencyMs: fc.integer({ min: 0, max: 200_000 }),
  firstByteMs: fc.option(fc.integer({ min: 0, max: 60_000 }), { nil: undefined }),
  promptTokens: fc.option(fc.integer({ min: 0, max: 100_000 }), { nil: undefined }),
  completionTokens: fc.option(fc.integer({ min: 0, max: 5000 }), { nil: undefined }),
  decodeMs: fc.option(fc.integer({ min: 0, max: 30_000 }), { nil: undefined }),
  retryCount: fc.integer({ min: 0, max: 2 }),
  isFallback: fc.boolean(),
  isSimulated: fc.constantFrom(false, false, false, true),
  joules: fc.option(fc.integer({ min: 0, max: 9000 }), { nil: undefined }),
  isEstimated: fc.boolean(),
});

const spans = fc.record({
  begin: fc.constantFrom(...beginnings),
  /** What can be made ahead is. */
  isAhead: fc.boolean(),
  from: fc.integer({ min: -DAY, max: SPAN }),
  length: fc.integer({ min: 1, max: 6 * DAY }),
  now: fc.integer({ min: 0, max: 9 * DAY }),
});

type Ended = typeof ends extends fc.Arbitrary<infer End> ? End : never;

function inputOf(end: Ended, { begin, id }: { readonly begin: number; readonly id: number }): TraceInput {
  const { node, model, outcome, kind, tags, retryCount, isFallback, isSimulated } = end;
  const usual = traceInput();
  return traceInput({
    requestId: `r${id}`,
    nodeId: outcome.kind === "rejected" ? "" : node,
    servedModel: model,
    ...{ outcome, kind, tags, retryCount, isFallback, isSimulated },
    times: { ...usual.times, endedAt: begin * 1000 + end.at, latencyMs: end.latencyMs, firstByteMs: end.firstByteMs },
    usage: {
      isEstimated: false,
      finishReason: "stop",
      loadMs: 1,
      prefillMs: 1,
      promptTokens: end.promptTokens,
      completionTokens: end.completionTokens,
      decodeMs: end.decodeMs,
    },
    energy: end.joules === undefined ? undefined : { joules: end.joules, isEstimated: end.isEstimated },
  });
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("every statistic is what going through all rows gives", () => {
  test.each(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"])("in the time zone %s", (zone) => {
    vi.stubEnv("TZ", zone);
    const histories = fc.array(ends, { maxLength: 40 });
    fc.assert(
      fc.property(histories, spans, (history, { begin, isAhead, ...span }) => {
        const { connection, flusher } = openStore();
        const recorder = createTraceRecorder({ connection, flusher, backlog: 1000 });
        for (const [id, end] of history.entries()) recorder.record(inputOf(end, { begin, id }));
        flusher.flush();
        const now = begin + span.now;
        const prepareNext = createAhead(connection);
        while (isAhead && prepareNext(now));
        checkAll(connection, { from: begin + span.from, to: begin + span.from + span.length, now });
      }),
      { numRuns: 12 },
    );
  });

  test("of a predecessor's database as well", () => {
    const old = fc.record({
      at: fc.integer({ min: 0, max: SPAN * 100 }),
      status: fc.constantFrom("completed", "failed", "retried", "incomplete", "no_output", "client_disconnected"),
      latency: fc.option(fc.integer({ min: 0, max: 5000 })),
    });
    fc.assert(
      fc.property(fc.array(old, { maxLength: 20 }), spans, (history, { begin, ...span }) => {
        const path = `${tempFolder()}/latency.db`;
        const predecessor = makePredecessorDatabase(path);
        for (const [id, { at, status, latency }] of history.entries()) {
          insertAsPredecessor(predecessor, { request_id: `p${id}`, status, timestamp: begin + at / 100 });
          predecessor.prepare("UPDATE request_traces SET latency_ms = ? WHERE request_id = ?").run(latency, `p${id}`);
        }
        predecessor.close();
        const { connection, close } = openDatabase({ path, now: Date.now });
        onTestFinished(close);
        const from = begin + span.from;
        checkAll(connection, { from, to: from + span.length, now: begin + span.now });
      }),
      { numRuns: 8 },
    );
  });
});
