import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { Connection } from "../../../storage/connection.ts";
import { openDatabase } from "../../../storage/database.ts";
import { createAdviceUsage } from "./advice-usage.ts";
import { createBriefingTraffic } from "./briefing-traffic.ts";

const HOUR = 3_600;
const DAY = 86_400;
/** A quarter past an hour. */
const NOW = Math.floor(1_790_000_000 / HOUR) * HOUR + 900;

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function open(): Connection {
  const folder = mkdtempSync(join(tmpdir(), "herd-advice-"));
  const database = openDatabase({ path: join(folder, "latency.db"), now: Date.now });
  closers.push(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return database.connection;
}

interface Cell {
  readonly agoS: number;
  readonly node?: string;
  readonly model?: string;
  readonly kind?: string;
  readonly traffic?: string;
  readonly requests?: number;
  readonly waitMs?: number;
  readonly failed?: number;
}

function fill(connection: Connection, cells: readonly Cell[]): void {
  const hours = connection.prepare(
    `INSERT INTO usage_hourly (hour, node_id, model, kind, traffic, requests, failed, queue_wait_ms, prompt_tokens, completion_tokens,
       joules, first_seen, last_seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 10, 5, 7, 0, 0)`,
  );
  const days = connection.prepare(
    "INSERT OR REPLACE INTO usage_sketches (day, node_id, model, traffic, sketches) VALUES (?, ?, ?, ?, '{}')",
  );
  for (const { agoS, node = "a", model = "m", kind = "chat", traffic = "", ...cell } of cells) {
    const hour = Math.floor((NOW - agoS) / HOUR) * HOUR;
    hours.run(hour, node, model, kind, traffic, cell.requests ?? 1, cell.failed ?? 0, cell.waitMs ?? 0);
    days.run(Math.floor(hour / DAY) * DAY, node, model, traffic);
  }
}

test("only real work of the last days counts as use", () => {
  const connection = open();
  fill(connection, [
    { agoS: 60, requests: 3, waitMs: 30 },
    { agoS: 2 * DAY, requests: 4, waitMs: 10 },
    { agoS: 8 * DAY, requests: 100 },
    { agoS: 60, node: "b", requests: 5, kind: "embed" },
    { agoS: 60, traffic: "benchmark", requests: 1000 },
    { agoS: 60, traffic: "briefing", requests: 1000 },
    { agoS: 60, traffic: "demo", requests: 1000 },
    { agoS: 60, kind: "load", requests: 1000 },
    { agoS: 60, node: "", requests: 1000 },
  ]);
  const { used, since } = createAdviceUsage(connection)({ nowS: NOW });
  expect(used).toEqual([
    { nodeId: "a", model: "m", requests7d: 7, requests24h: 3, queueWaitMs7d: 40 },
    { nodeId: "b", model: "m", requests7d: 5, requests24h: 5, queueWaitMs7d: 0 },
  ]);
  expect(since).toBe(Math.floor((NOW - 8 * DAY) / HOUR) * HOUR);
});

test("the last use of a month is known by its day", () => {
  const connection = open();
  fill(connection, [
    { agoS: 20 * DAY },
    { agoS: 10 * DAY },
    { agoS: 40 * DAY, model: "old" },
    { agoS: DAY, model: "measured", traffic: "benchmark" },
  ]);
  const { lastUses } = createAdviceUsage(connection)({ nowS: NOW });
  expect(lastUses).toEqual([{ nodeId: "a", model: "m", day: Math.floor((NOW - 10 * DAY) / DAY) * DAY }]);
});

test("an empty database answers with nothing", () => {
  const connection = open();
  expect(createAdviceUsage(connection)({ nowS: NOW })).toEqual({ used: [], lastUses: [], since: undefined });
  expect(createBriefingTraffic(connection)({ nowS: NOW })).toEqual({
    requests: 0,
    failed: 0,
    tokens: 0,
    fallbacks: 0,
    joules: 0,
    requestsBefore: 0,
    topModels: [],
  });
});

test("a day of traffic is summed up over all nodes, with the day before and the most used models", () => {
  const connection = open();
  fill(connection, [
    { agoS: 60, requests: 3, failed: 1 },
    { agoS: 60, node: "b", requests: 2 },
    { agoS: 60, model: "x", requests: 9 },
    { agoS: 60, model: "y", requests: 1 },
    { agoS: 60, model: "z", requests: 2 },
    { agoS: 30 * HOUR, requests: 8 },
    { agoS: 60, model: "measured", requests: 99, traffic: "benchmark" },
  ]);
  expect(createBriefingTraffic(connection)({ nowS: NOW })).toEqual({
    requests: 17,
    failed: 1,
    tokens: 75,
    fallbacks: 0,
    joules: 35,
    requestsBefore: 8,
    topModels: [
      { model: "x", requests: 9 },
      { model: "m", requests: 5 },
      { model: "z", requests: 2 },
    ],
  });
});

test("every question reads a bounded range of an index", () => {
  const connection = open();
  const plans = [
    "SELECT model FROM usage_hourly WHERE hour >= 5 AND traffic = '' GROUP BY node_id, model",
    "SELECT model FROM usage_sketches WHERE day >= 5 AND traffic = '' GROUP BY node_id, model",
    "SELECT min(hour) FROM usage_hourly",
  ].map((query) => connection.prepare(`EXPLAIN QUERY PLAN ${query}`).all() as { readonly detail: string }[]);
  for (const plan of plans)
    expect(plan[0]?.detail).toMatch(/^SEARCH \w+ USING (COVERING )?(PRIMARY KEY|INDEX)|^SEARCH usage_hourly/);
});
