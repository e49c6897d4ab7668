import { describe, expect, test } from "vitest";
import { sampleLane } from "../testing/sample-views.ts";
import { explainLimit, isIdle, sortLanes } from "./sort-lanes.ts";

describe("the order of lanes", () => {
  test("begins with the most work, then goes by model and node", () => {
    const queues = {
      a: sampleLane({ model: "b-model", node_id: "n1", pending: 0, in_flight: 0 }),
      b: sampleLane({ model: "a-model", node_id: "n10", pending: 0, in_flight: 0 }),
      c: sampleLane({ model: "a-model", node_id: "n2", pending: 0, in_flight: 0 }),
      d: sampleLane({ model: "z-model", pending: 0, in_flight: 1 }),
      e: sampleLane({ model: "y-model", pending: 3, in_flight: 1 }),
    };
    expect(sortLanes(queues).map((lane) => lane.key)).toEqual(["e", "d", "c", "b", "a"]);
  });

  test("calls a lane idle only when nothing waits and nothing runs", () => {
    expect(isIdle(sampleLane({ pending: 0, in_flight: 0 }))).toBe(true);
    expect(isIdle(sampleLane({ pending: 1, in_flight: 0 }))).toBe(false);
    expect(isIdle(sampleLane({ pending: 0, in_flight: 1 }))).toBe(false);
  });

  test("explains every origin of a limit in its own words", () => {
    const words = (["reported", "assumed", "learned"] as const).map(explainLimit);
    expect(new Set(words).size).toBe(3);
  });
});
