import { nodeId } from "@herd/shared";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Lane } from "./lane.ts";
import { LaneBook, nobodyAhead } from "./lane-book.ts";
import { retryAfterSeconds } from "./retry-after.ts";
import { createSlot } from "./slot.ts";
import { FINISHED } from "./testing/small-fleet.ts";
import { holderOf, smallNode } from "./testing/small-node.ts";

const createBook = (assumed = 1): LaneBook =>
  new LaneBook({
    assumedParallelism: { ollama: assumed, "openai-compatible": 4 },
    maxParallelism: 64,
    firstByteMs: () => undefined,
  });

const holder = (node: string, model = "m", slots?: number) =>
  holderOf(smallNode(node, { models: [model], slots }), model);

const AT = { now: 0, ahead: nobodyAhead };

describe("a lane", () => {
  test("is opened once and keeps its numbers", () => {
    const book = createBook();
    expect(book.laneOf(holder("a"))).toBe(book.laneOf(holder("a")));
    expect(book.laneOf(holder("a"))).not.toBe(book.laneOf(holder("b")));
    expect(book.all().map(({ key }) => key)).toEqual(["a:m", "b:m"]);
  });

  test("takes its limit from what the backend reports, and follows it", () => {
    const book = createBook();
    expect(book.loadOf(holder("a", "m", 3), AT).limit).toBe(3);
    expect(book.loadOf(holder("a", "m", 2), AT).limit).toBe(2);
    expect(book.loadOf(holder("a", "m"), AT).limit).toBe(1);
  });

  test("starts from what is assumed for its kind of backend", () => {
    expect(createBook(2).loadOf(holder("a"), AT).limit).toBe(2);
    const other = holder("a");
    const backend = { ...other.backend, kind: "openai-compatible" } as const;
    expect(createBook().loadOf({ ...other, backend }, AT).limit).toBe(4);
  });
});

describe("the load of a node", () => {
  test("counts all its lanes, and no other node's", () => {
    const book = createBook(4);
    const [m, n] = [book.laneOf(holder("a", "m")), book.laneOf(holder("a", "n"))];
    book.take(m, 1, 0);
    book.take(n, 2, 0);
    expect(book.loadOf(holder("a", "m"), AT)).toMatchObject({ inFlight: 1, nodeInFlight: 2 });
    expect(book.loadOf(holder("b", "m"), AT)).toMatchObject({ inFlight: 0, nodeInFlight: 0 });
    expect(book.inFlight()).toBe(2);
  });

  test("tells what stands ahead of a newcomer, and of one who is already counted", () => {
    const book = createBook();
    const lane = book.laneOf(holder("a"));
    for (let count = 0; count < 3; count += 1) book.expect(lane, 1);
    const newcomer = book.aheadOfNewcomer();
    expect([newcomer.onLane("a:m"), newcomer.onNode(nodeId("a")), newcomer.onLane("b:m")]).toEqual([3, 3, 0]);
    const besides = book.aheadOfNewcomer(lane);
    expect([besides.onLane("a:m"), besides.onNode(nodeId("a")), besides.onNode(nodeId("b"))]).toEqual([2, 2, 0]);
    expect(book.loadOf(holder("a"), { now: 0, ahead: newcomer })).toMatchObject({ waiting: 3, nodeWaiting: 3 });
  });

  test("knows that a model is being loaded", () => {
    const book = createBook();
    const lane = book.laneOf(holder("a"));
    book.beginLoad(lane);
    expect(book.loadOf(holder("a"), AT)).toMatchObject({ isNodeLoading: true, isModelLoading: true });
    expect(book.loadOf(holder("a", "n"), AT)).toMatchObject({ isNodeLoading: true, isModelLoading: false });
    expect(book.loadOf(holder("b"), AT)).toMatchObject({ isNodeLoading: false, isModelLoading: false });
    book.endLoad(lane);
    expect(book.loadOf(holder("a"), AT)).toMatchObject({ isNodeLoading: false, isModelLoading: false });
  });
});

describe("a slot", () => {
  test("counts an attempt once, as completed, failed or neither", () => {
    const book = createBook(8);
    const lane = book.laneOf(holder("a"));
    const results = [
      FINISHED,
      { ...FINISHED, isCompleted: false, isFailed: true },
      { ...FINISHED, isCompleted: false },
    ];
    for (const [id, result] of results.entries()) {
      const slot = createSlot({ id, lane, book, now: () => 5, needsLoad: false, onFree: () => undefined });
      slot.release(result);
      slot.release(result);
    }
    expect([lane.completed, lane.failed, lane.inFlight, lane.lastChosenAt]).toEqual([1, 1, 0, 5]);
    expect(lane.sums).toEqual({ samples: 1, latencyMs: 100, promptTokens: 1, completionTokens: 1 });
  });

  test("tells when it is free, and when the node may load again", () => {
    const book = createBook();
    const lane = book.laneOf(holder("a"));
    let freed = 0;
    const onFree = (): void => {
      freed += 1;
    };
    const slot = createSlot({ id: 1, lane, book, now: () => 0, needsLoad: true, onFree });
    slot.loadEnded();
    slot.loadEnded();
    expect(freed).toBe(1);
    slot.release(FINISHED);
    slot.release(FINISHED);
    slot.loadEnded();
    expect(freed).toBe(2);
    expect(book.loadOf(holder("a"), AT).isNodeLoading).toBe(false);
  });
});

test("whatever is taken, freed, expected and loaded, the sums of the nodes are those of their lanes", () => {
  const step = fc.record({
    kind: fc.constantFrom("take", "free", "expect", "unexpect"),
    node: fc.constantFrom("a", "b"),
    model: fc.constantFrom("m", "n"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
      const book = createBook(64);
      const taken = new Map<string, number[]>();
      let nextId = 0;
      const apply = {
        take: (lane: Lane) => {
          nextId += 1;
          taken.set(lane.key, [...(taken.get(lane.key) ?? []), nextId]);
          book.take(lane, nextId, 0);
        },
        free: (lane: Lane) => {
          const id = taken.get(lane.key)?.pop();
          if (id !== undefined) book.free(lane, id);
        },
        expect: (lane: Lane) => book.expect(lane, 1),
        unexpect: (lane: Lane) => {
          if (lane.waiting > 0) book.expect(lane, -1);
        },
      };
      for (const { kind, node, model } of steps) apply[kind](book.laneOf(holder(node, model)));
      const lanes = book.all();
      expect(book.inFlight()).toBe(lanes.reduce((sum, lane) => sum + lane.inFlight, 0));
      for (const id of ["a", "b"]) {
        const own = lanes.filter(({ nodeId: owner }) => owner === id);
        const load = book.loadOf(holder(id), { now: 0, ahead: book.aheadOfNewcomer() });
        expect(load.nodeInFlight).toBe(own.reduce((sum, lane) => sum + lane.inFlight, 0));
        expect(load.nodeWaiting).toBe(own.reduce((sum, lane) => sum + lane.waiting, 0));
      }
    }),
  );
});

describe("the advice when to try again", () => {
  const laneWith = (waiting: number, meanMs: number, slots: number): Lane => {
    const book = createBook();
    const lane = book.laneOf(holder("a", "m", slots));
    for (let count = 0; count < waiting; count += 1) book.expect(lane, 1);
    lane.sums.samples = 10;
    lane.sums.latencyMs = meanMs * 10;
    return lane;
  };

  test("is the time in which the lane works off who waits there", () => {
    expect(retryAfterSeconds(laneWith(10, 3000, 1))).toBe(30);
    expect(retryAfterSeconds(laneWith(10, 3000, 4))).toBe(8);
  });

  test("is between one second and two minutes, and one second while nothing was measured", () => {
    expect(retryAfterSeconds(laneWith(512, 60_000, 1))).toBe(120);
    expect(retryAfterSeconds(laneWith(0, 3000, 1))).toBe(1);
    expect(retryAfterSeconds(undefined)).toBe(1);
    expect(retryAfterSeconds(createBook().laneOf(holder("a")))).toBe(1);
  });
});
