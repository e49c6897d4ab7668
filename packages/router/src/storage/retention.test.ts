import { describe, expect, test } from "vitest";
import { createTraceRecorder } from "../traces/record.ts";
import { traceInput } from "../traces/testing/trace-input.ts";
import { createRetention, type RetentionLimits } from "./retention.ts";
import { openStore } from "./testing/open-store.ts";

const day = 86_400_000;
const now = 1_790_000_000_000;

/** A database with one request per hour, the last one now. */
function history({ hours }: { readonly hours: number }) {
  const store = openStore();
  const recorder = createTraceRecorder(store);
  const { times } = traceInput();
  for (let hour = hours - 1; hour >= 0; hour -= 1)
    recorder.record(traceInput({ requestId: `h${hour}`, times: { ...times, endedAt: now - hour * 3600_000 } }));
  store.flusher.flush();
  const counts = (): (number | undefined)[] =>
    ["request_traces", "request_attempts", "latency_observations"].map((table) =>
      store.connection.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get(),
    );
  const problems: string[] = [];
  const { connection, clock } = store;
  const retention = (limits: RetentionLimits) =>
    createRetention({
      connection,
      limits: () => limits,
      now: () => now,
      schedule: clock.schedule,
      onProblem: (reason) => problems.push(reason),
    });
  return { ...store, counts, retention, problems };
}

describe("old requests", () => {
  test("go with their attempts and observations, a few at a time, until only the allowed age is left", () => {
    const { retention, counts, clock } = history({ hours: 400 });
    retention({ days: 1, rows: 0 });
    clock.advance(59_999);
    expect(counts()).toEqual([400, 400, 400]);
    clock.advance(1);
    expect(counts()).toEqual([300, 300, 300]);
    clock.advance(1000);
    expect(counts()).toEqual([25, 25, 25]);
  });

  test("go until only the allowed number is left, the newest", () => {
    const { retention, counts, clock, connection } = history({ hours: 150 });
    retention({ days: 0, rows: 20 });
    clock.advance(60_000 + 1000);
    expect(counts()).toEqual([20, 20, 20]);
    const oldest = connection.prepare("SELECT request_id FROM request_traces ORDER BY id LIMIT 1").pluck().get();
    expect(oldest).toBe("h19");
  });

  test("stay without limits, and after closing", () => {
    const { retention, counts, clock } = history({ hours: 30 });
    retention({ days: 0, rows: 0 });
    retention({ days: 1, rows: 1 }).close();
    clock.advance(10 * day);
    expect(counts()).toEqual([30, 30, 30]);
  });

  test("go again hour by hour, whatever kept a round from deleting", () => {
    const { retention, counts, clock, connection, problems } = history({ hours: 30 });
    retention({ days: 1, rows: 0 });
    connection.pragma("query_only = ON");
    clock.advance(60_000);
    expect(problems).toHaveLength(1);
    connection.pragma("query_only = OFF");
    clock.advance(3600_000);
    expect(counts()[0]).toBe(25);
  });
});
