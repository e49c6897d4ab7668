import type { TraceStatus } from "@herd/shared";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openStore } from "../../../storage/testing/open-store.ts";
import { createTraceRecorder } from "../../record.ts";
import { traceInput } from "../../testing/trace-input.ts";
import { BY_REQUEST_ID, COUNT_BY_ID, createFindTraces, endStatement, rowsStatement } from "./find-traces.ts";
import { conditionParameters } from "./trace-conditions.ts";
import { type OrderName, orders } from "./trace-places.ts";
import type { TraceQuestion } from "./trace-question.ts";

const failed = {
  kind: "failed",
  source: "node",
  code: "HERD_NODE_FAILED",
  failureClass: "node-fault",
  detail: "boom",
} as const;
const outcomes = {
  completed: { kind: "completed", hasOutput: true },
  no_output: { kind: "completed", hasOutput: false },
  failed: { ...failed, isPartial: false },
  incomplete: { ...failed, isPartial: true },
  client_disconnected: { kind: "cancelled", by: "client" },
} as const;
type Ended = keyof typeof outcomes;

const everything = { limit: 1000, withSimulated: true } as const satisfies TraceQuestion;

/** A store to which requests are added with `end`, one second apart unless told. */
function stored(mostScanned?: number) {
  const store = openStore();
  const recorder = createTraceRecorder({ ...store, backlog: 10_000 });
  const { times } = traceInput();
  let count = 0;
  const end = (changes: Parameters<typeof traceInput>[0] = {}, status: Ended = "completed", at = count): string => {
    const requestId = changes.requestId ?? `r${count}`;
    count += 1;
    const moved = { ...times, ...changes.times, endedAt: times.endedAt + at * 1000 };
    recorder.record(traceInput({ outcome: outcomes[status], ...changes, requestId, times: moved }));
    return requestId;
  };
  const { connection, flusher } = store;
  return { end, connection, flush: () => flusher.flush(), find: createFindTraces(connection, mostScanned), times };
}

const idsOf = (found: { readonly traces: readonly { readonly request_id: string }[] }) =>
  found.traces.map((trace) => trace.request_id);

describe("finding stored requests", () => {
  test("takes every filter, alone and together", () => {
    const { end, flush, find, times } = stored();
    end({ requestId: "a", servedModel: "gemma3:4b", nodeId: "one", tags: ["cli"], dialect: "openai" });
    end({ requestId: "b", servedModel: "llama3:latest", requestedModel: "llama3", nodeId: "two", kind: "embed" });
    end({ requestId: "c", endpoint: "/v1/messages", tags: ["cli", "x"] }, "failed");
    end({ requestId: "d", times: { ...times, latencyMs: 40_000, queueWaitMs: 900 } }, "incomplete");
    end({ requestId: "e", isSimulated: true });
    flush();
    const ids = (changes: Partial<TraceQuestion>) => idsOf(find({ ...everything, ...changes })).join("");
    expect(ids({})).toBe("edcba");
    expect(ids({ withSimulated: false })).toBe("dcba");
    expect(ids({ model: "LLAMA3" })).toBe("b");
    expect(ids({ originalModel: "llama3" })).toBe("b");
    expect(ids({ nodeId: "one" })).toBe("a");
    expect(ids({ tag: "cli" })).toBe("ca");
    expect(ids({ tag: "cli", dialect: "openai" })).toBe("a");
    expect(ids({ kind: "embed" })).toBe("b");
    expect(ids({ endpoint: "/v1/messages" })).toBe("c");
    expect(ids({ statuses: ["failed"] })).toBe("c");
    expect(ids({ statuses: ["incomplete", "failed"] })).toBe("dc");
    expect(ids({ statuses: ["completed", "failed"] })).toBe("ecba");
    expect(ids({ errorCode: "HERD_NODE_FAILED" })).toBe("dc");
    expect(ids({ traffic: "real" })).toBe("dcba");
    expect(ids({ traffic: "demo" })).toBe("e");
    expect(ids({ minLatencyMs: 40_000 })).toBe("d");
    expect(ids({ minQueueMs: 900 })).toBe("d");
    expect(ids({ isSlow: true })).toBe("d");
    const second = times.endedAt / 1000;
    expect(ids({ since: second + 1, until: second + 3 })).toBe("cb");
    expect(ids({ requestId: "c" })).toBe("c");
    expect(ids({ limit: 2 })).toBe("ed");
  });

  test("takes SQL and patterns in a name as that name", () => {
    const { end, flush, find, connection } = stored();
    const hostile = `'; DROP TABLE request_traces; --%_"\u0000<script>`;
    end({ requestId: "odd", servedModel: hostile, tags: [hostile] });
    end();
    flush();
    for (const question of [{ model: hostile }, { tag: hostile }]) {
      const { traces } = find({ ...everything, ...question });
      expect(traces.map(({ model, tags }) => [model, tags])).toEqual([[hostile, [hostile]]]);
    }
    for (const name of ["%", "_", "' OR 1=1 --", '"', "\u0000"]) {
      expect(find({ ...everything, model: name, tag: name }).traces).toEqual([]);
      expect(find({ ...everything, requestId: name }).traces).toEqual([]);
    }
    expect(connection.prepare("SELECT count(*) FROM request_traces").pluck().get()).toBe(2);
  });

  test("finds an old id by its beginning, however many came since", () => {
    const { end, flush, find } = stored(10);
    end({ requestId: "old-one" });
    end({ requestId: "oldest" });
    for (let at = 0; at < 50; at += 1) end();
    flush();
    expect(find({ ...everything, requestId: "old" })).toMatchObject({ next: undefined, scanned: 2 });
    expect(idsOf(find({ ...everything, requestId: "old" }))).toEqual(["oldest", "old-one"]);
    expect(idsOf(find({ ...everything, requestId: "old-", statuses: ["failed"] }))).toEqual([]);
  });

  test.each([10, 500])(
    "brings every id with a beginning, page by page, however many there are (%i at once)",
    (scanned) => {
      const { end, flush, find } = stored(scanned);
      const ids = Array.from({ length: 60 }, (_, at) =>
        end({ requestId: `${at % 3 === 0 ? "b" : "ab"}-${at}` }, "completed", at >> 2),
      );
      flush();
      const seen: string[] = [];
      let after: TraceQuestion["after"];
      for (let page = 0; page < 100; page += 1) {
        const found = find({ limit: 3, withSimulated: true, requestId: "ab-", after });
        expect(found.scanned).toBeLessThanOrEqual(scanned);
        seen.push(...idsOf(found));
        after = found.next;
        if (after === undefined) break;
      }
      expect(seen).toEqual(ids.filter((id) => id.startsWith("ab-")).reverse());
    },
  );

  test("survives tags that are no JSON", () => {
    const { end, flush, find, connection } = stored();
    end({ tags: ["cli"] });
    end();
    flush();
    connection.exec(`UPDATE request_traces SET tags = '{"a' WHERE request_id = 'r1'`);
    expect(idsOf(find({ ...everything, tag: "cli" }))).toEqual(["r0"]);
  });

  test("goes through so many rows at most, and on from there", () => {
    const { end, flush, find } = stored(10);
    for (let at = 0; at < 35; at += 1) end({ servedModel: at === 0 ? "rare" : "usual" });
    flush();
    const calls: [number, number, boolean][] = [];
    let after: TraceQuestion["after"];
    do {
      const found = find({ ...everything, model: "rare", after });
      calls.push([found.traces.length, found.scanned, found.next === undefined]);
      after = found.next;
    } while (after !== undefined && calls.length < 10);
    expect(calls).toEqual([
      [0, 10, false],
      [0, 10, false],
      [0, 10, false],
      [1, 5, true],
    ]);
  });

  test("visits every row once, whatever the page, the order of ends, and what is added meanwhile", () => {
    const moments = fc.array(
      fc.record({
        second: fc.integer({ min: 0, max: 6 }),
        status: fc.constantFrom<Ended>("completed", "failed", "incomplete", "no_output", "client_disconnected"),
      }),
      { minLength: 1, maxLength: 40 },
    );
    const wanted = fc.constantFrom<readonly TraceStatus[] | undefined>(
      undefined,
      ["failed"],
      ["failed", "incomplete"],
      ["completed", "failed"],
    );
    const plan = fc.record({
      moments,
      wanted,
      limit: fc.integer({ min: 1, max: 7 }),
      scanned: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(plan, ({ moments: ends, wanted: statuses, limit, scanned }) => {
        const { end, flush, find } = stored(scanned);
        const expected = ends.flatMap(({ second, status }) => {
          const id = end({}, status, second);
          return statuses === undefined || statuses.includes(status) ? [id] : [];
        });
        flush();
        const seen: string[] = [];
        let after: TraceQuestion["after"];
        for (let page = 0; page < 200; page += 1) {
          const found = find({ limit, withSimulated: true, statuses, after });
          seen.push(...idsOf(found));
          after = found.next;
          if (after === undefined) break;
          // Newer than everything: it belongs before the first page.
          end({}, "failed", 1000 + page);
          flush();
        }
        expect(seen.toSorted()).toEqual(expected.toSorted());
      }),
      { numRuns: 25 },
    );
  });
});

describe("the plan of every search", () => {
  test.each(Object.keys(orders) as OrderName[])("goes along an index, unsorted: %s", (order) => {
    const { connection: database } = stored();
    const window = { afterTimestamp: 1, afterId: 1, floorTimestamp: 0, floorId: 0 };
    const parameters = { ...window, ...conditionParameters(everything), limit: 5, offset: 5 };
    const index = order === "all" ? "timestamp" : order === "failed" ? /failed|ends/ : "ends";
    for (const statement of [endStatement(order), rowsStatement(order)]) {
      const plan = database
        .prepare<[object], { readonly detail: string }>(`EXPLAIN QUERY PLAN ${statement}`)
        .all(parameters)
        .map(({ detail }) => detail);
      expect(plan.filter((line) => /SCAN request_traces|TEMP B-TREE/.test(line))).toEqual([]);
      expect(plan[0]).toMatch(index);
      expect(plan[0]).toContain("timestamp");
    }
  });

  test.each([BY_REQUEST_ID, COUNT_BY_ID])("by request id goes along the ids", (statement) => {
    const { connection: database } = stored();
    const window = { afterTimestamp: 1, afterId: 1, floorTimestamp: 0, floorId: 0 };
    const parameters = { ...conditionParameters({ ...everything, requestId: "a" }), ...window, most: 5 };
    const plan = database
      .prepare<[object], { readonly detail: string }>(`EXPLAIN QUERY PLAN ${statement}`)
      .all(parameters)
      .map(({ detail }) => detail);
    expect(plan.some((line) => /SEARCH request_traces USING (COVERING )?INDEX \S*request_id/.test(line))).toBe(true);
    expect(plan.filter((line) => /SCAN request_traces|\(timestamp/.test(line))).toEqual([]);
  });
});
