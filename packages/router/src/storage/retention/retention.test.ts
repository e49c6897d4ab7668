import { statSync } from "node:fs";
import Sqlite from "better-sqlite3";
import { describe, expect, onTestFinished, test } from "vitest";
import { createTraceRecorder } from "../../traces/record.ts";
import { attemptInput, traceInput } from "../../traces/testing/trace-input.ts";
import { openStore } from "../testing/open-store.ts";
import { databaseSize } from "./database-size.ts";
import type { RetentionLimits } from "./portion.ts";
import { createRetention, type DeletingBeside, type PortionEnd } from "./retention.ts";

const day = 86_400_000;
const now = 1_790_000_000_000;
const round = 60_000;
const unlimited: RetentionLimits = { days: { traces: 0, usage: 0 }, bytes: 0 };
const oneDay: RetentionLimits = { days: { traces: 1, usage: 0 }, bytes: 0 };

/** A database with one request per hour, the last one now. */
function history({ hours, padding = 0 }: { readonly hours: number; readonly padding?: number }) {
  const store = openStore();
  const recorder = createTraceRecorder(store);
  const { times } = traceInput();
  const errorMessage = padding > 0 ? "x".repeat(padding) : undefined;
  for (let hour = hours - 1; hour >= 0; hour -= 1) {
    const attempts = [attemptInput({ failureClass: "node-fault", errorMessage })];
    const endedAt = now - hour * 3600_000;
    recorder.record(traceInput({ requestId: `h${hour}`, attempts, times: { ...times, endedAt } }));
  }
  store.flusher.flush();
  const number = (query: string): number => store.connection.prepare<[], number>(query).pluck().get() ?? -1;
  const counts = (): number[] =>
    ["request_traces", "request_attempts", "latency_observations"].map((table) =>
      number(`SELECT count(*) FROM ${table}`),
    );
  const problems: string[] = [];
  const { connection, clock } = store;
  const retention = (limits: RetentionLimits, beside?: DeletingBeside) =>
    createRetention({
      connection,
      ...(beside === undefined ? {} : { beside }),
      limits: () => limits,
      now: () => now,
      schedule: clock.schedule,
      onProblem: (reason) => problems.push(reason),
    });
  return { ...store, number, counts, retention, problems };
}

describe("old requests", () => {
  test("go with their attempts and observations, a few at a time, until only the allowed age is left; their usage stays", () => {
    const { retention, counts, clock, number } = history({ hours: 400 });
    retention(oneDay);
    clock.advance(round - 1);
    expect(counts()).toEqual([400, 400, 400]);
    clock.advance(1);
    expect(counts()).toEqual([300, 300, 300]);
    clock.advance(1000);
    expect(counts()).toEqual([25, 25, 25]);
    expect(number("SELECT sum(requests) FROM usage_hourly")).toBe(400);
  });

  test("stay without limits, and after closing", () => {
    const { retention, counts, clock } = history({ hours: 30 });
    retention(unlimited);
    retention(oneDay).close();
    clock.advance(10 * day);
    expect(counts()).toEqual([30, 30, 30]);
  });

  test("go again a round later, whatever kept one from deleting", () => {
    const { retention, counts, clock, connection, problems } = history({ hours: 30 });
    retention(oneDay);
    connection.pragma("query_only = ON");
    clock.advance(round);
    expect(problems).toHaveLength(1);
    connection.pragma("query_only = OFF");
    clock.advance(round);
    expect(counts()[0]).toBe(25);
  });

  test("wait for another program's lock, which is told only when it lasts", () => {
    const { retention, counts, clock, connection, problems, path } = history({ hours: 30 });
    retention(oneDay);
    connection.pragma("busy_timeout = 0");
    const other = new Sqlite(path);
    onTestFinished(() => void other.close());
    other.exec("BEGIN IMMEDIATE");
    clock.advance(round + 30_000);
    expect([problems, counts()[0]]).toEqual([[], 30]);
    clock.advance(40_000);
    expect(problems).toEqual(["another program keeps it locked"]);
    other.exec("COMMIT");
    clock.advance(round);
    expect(counts()[0]).toBe(25);
  });
});

describe("another thread that deletes", () => {
  const broken = { isUsable: () => false, deleteSome: () => expect.unreachable() };

  test("is waited for while it starts, and replaced when it does not come", () => {
    const { retention, counts, clock } = history({ hours: 30 });
    retention(oneDay, broken);
    clock.advance(round + 4500);
    expect(counts()[0]).toBe(30);
    clock.advance(1000);
    expect(counts()[0]).toBe(25);
  });

  test("is asked again after a problem, which is told, and not once closed", () => {
    const { retention, clock, problems } = history({ hours: 30 });
    const ends: ((end: PortionEnd) => void)[] = [];
    const beside = {
      isUsable: () => true,
      deleteSome: (_: unknown, onEnd: (end: PortionEnd) => void) => void ends.push(onEnd),
    };
    const running = retention(oneDay, beside);
    clock.advance(round);
    ends[0]?.({ kind: "failed", error: Object.assign(new Error("no"), { code: "SQLITE_FULL" }) });
    expect(problems).toEqual(["the disk is full"]);
    clock.advance(round);
    expect(ends).toHaveLength(2);
    running.close();
    ends[1]?.({ kind: "taken", isMore: true });
    clock.advance(round);
    expect(ends).toHaveLength(2);
  });
});

describe("a database that is too large", () => {
  test("loses its oldest requests until it is not, and then gives the space back while somebody reads", () => {
    const { retention, clock, connection, number, path } = history({ hours: 6000, padding: 4000 });
    const before = databaseSize(connection).used;
    const bytes = Math.round(before / 2);
    const reader = new Sqlite(path, { readonly: true });
    onTestFinished(() => void reader.close());
    reader.exec("BEGIN");
    reader.prepare("SELECT count(*) FROM request_traces").get();
    retention({ ...unlimited, bytes });
    clock.advance(round + 60_000);
    const after = databaseSize(connection);
    expect(after.used).toBeLessThanOrEqual(bytes);
    expect(after.used).toBeGreaterThan(bytes * 0.9);
    expect(number("SELECT min(timestamp) FROM request_traces")).toBeGreaterThan(now / 1000 - 4000 * 3600);
    expect(number("SELECT max(timestamp) FROM request_traces")).toBe(now / 1000);
    expect(number("SELECT sum(requests) FROM usage_hourly")).toBe(6000);
    expect(reader.prepare("SELECT count(*) FROM request_traces").pluck().get()).toBe(6000);
    reader.exec("COMMIT");
    connection.pragma("wal_checkpoint(TRUNCATE)");
    expect(statSync(path).size).toBeLessThan(bytes + 6 * 2 ** 20);
  });
});

describe("everything else", () => {
  test("goes by an age of its own: sums by theirs, findings only once they have ended", () => {
    const { retention, clock, connection, number } = history({ hours: 1 });
    const old = now / 1000 - 400 * 86_400;
    connection.exec(`
      INSERT INTO usage_hourly (hour, node_id, model, kind, traffic, first_seen, last_seen)
        VALUES (${old}, 'n', 'm', 'chat', '', 0, 0), (${now / 1000}, 'n', 'm', 'chat', 'x', 0, 0);
      INSERT INTO usage_tags_hourly (hour, tag, traffic, first_seen, last_seen) VALUES (${old}, 't', '', 0, 0);
      INSERT INTO usage_sketches (day, node_id, model, traffic, sketches) VALUES (${old}, 'n', 'm', '', '{}');
      INSERT INTO node_energy (day, node_id) VALUES (${old}, 'n');
      INSERT INTO model_events (timestamp, event, node_id, model) VALUES (${old}, 'loaded', 'n', 'm');
      INSERT INTO fleet_briefings (timestamp, briefing) VALUES (${old}, 'all is well');
      INSERT INTO health_history (finding_key, check_id, severity, title, description, began_at, ended_at)
        VALUES ('a', 'a', 'info', '', '', ${old}, ${old}), ('b', 'b', 'info', '', '', ${old}, NULL);`);
    const counts = (): number[] =>
      [
        "usage_hourly",
        "usage_tags_hourly",
        "usage_sketches",
        "node_energy",
        "model_events",
        "fleet_briefings",
        "health_history",
      ].map((table) => number(`SELECT count(*) FROM ${table}`));
    retention(unlimited);
    clock.advance(round);
    expect(counts()).toEqual([3, 1, 2, 1, 0, 0, 1]);
    retention({ ...unlimited, days: { traces: 0, usage: 365 } });
    clock.advance(round);
    expect(counts()).toEqual([2, 0, 1, 0, 0, 0, 1]);
  });
});
