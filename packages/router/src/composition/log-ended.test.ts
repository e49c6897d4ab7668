import { describe, expect, test } from "vitest";
import { createRootLogger } from "../log/create-logs.ts";
import { traceInput } from "../traces/testing/trace-input.ts";
import type { TraceInput } from "../traces/trace-input.ts";
import { logEnded } from "./log-ended.ts";

/** The lines that the end of a request leaves: those of the logger, and those of good ends. */
function linesOf(wishes: Partial<TraceInput>, wantsGoodEnds = true) {
  const [logged, good]: [string[], string[]] = [[], []];
  const log = createRootLogger([{ level: "INFO", write: (line) => logged.push(line) }], () => 0).child({
    logger: "requests",
  });
  const writeLine = (line: string): void => void good.push(line);
  logEnded({ log, writeLine: wantsGoodEnds ? writeLine : undefined }, { ...traceInput(), ...wishes });
  const read = (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { logged: read(logged), good: read(good), goodText: good.join("") };
}

describe("the line of a request", () => {
  test("that ended well is one line in the form of the log", () => {
    const { logged, good, goodText } = linesOf({
      outcome: { kind: "completed", hasOutput: true },
      requestId: "r-1",
      servedModel: "m",
    });
    expect(logged).toEqual([]);
    expect(good).toMatchObject([
      { level: "INFO", logger: "requests", request_id: "r-1", model: "m", msg: "request completed" },
    ]);
    expect(goodText).toMatch(/^\{"ts": "\d{4}-\d\d-\d\dT[\d:.]+Z", "level": "INFO", .*\}\n$/);
  });

  test("keeps its form whatever a client wrote", () => {
    const hostile = 'a"b\\c\n\u2028\u0007é';
    const { good } = linesOf({
      outcome: { kind: "cancelled", by: "client" },
      servedModel: hostile,
      endpoint: hostile,
      nodeId: hostile,
    });
    expect(good).toMatchObject([{ model: hostile, endpoint: hostile, node_id: hostile, msg: "the client left" }]);
  });

  test("that ended well is not written where such lines are not wanted", () => {
    const { logged, good } = linesOf({ outcome: { kind: "completed", hasOutput: true } }, false);
    expect([logged, good]).toEqual([[], []]);
  });

  test.each([
    ["WARNING", { kind: "rejected", code: "HERD_QUEUE_FULL", detail: "why" }],
    ["WARNING", { kind: "evicted", code: "HERD_WAIT_DEADLINE", detail: "why" }],
    [
      "WARNING",
      {
        kind: "failed",
        source: "client",
        code: "HERD_BAD_REQUEST",
        isPartial: false,
        failureClass: "callers-fault",
        detail: "why",
      },
    ],
    [
      "ERROR",
      {
        kind: "failed",
        source: "node",
        code: "HERD_NODE_FAILED",
        isPartial: false,
        failureClass: "node-fault",
        detail: "why",
      },
    ],
    [
      "ERROR",
      {
        kind: "failed",
        source: "node",
        code: "HERD_STREAM_CUT",
        isPartial: true,
        failureClass: "node-fault",
        detail: "why",
      },
    ],
  ] as const)("is a %s with code and reason for %o", (level, outcome) => {
    const { logged, good } = linesOf({ outcome });
    expect(good).toEqual([]);
    expect(logged).toMatchObject([
      { level, code: outcome.code, msg: expect.stringContaining("why"), request_id: expect.any(String) },
    ]);
  });
});
