import { expect, test } from "vitest";
import { sampleLane, sampleStatus } from "../testing/sample-views.ts";
import { fleetTotalsOf } from "./fleet-totals.ts";

test("the totals are the router's own, with done and failed summed over all lanes", () => {
  const status = sampleStatus({
    fleet: {
      nodes_total: 4,
      nodes_online: 3,
      models_loaded: 6,
      requests_active: 2,
      requests_waiting: 5,
      requests_held: 1,
    },
    queues: { a: sampleLane({ completed: 40, failed: 1 }), b: sampleLane({ completed: 2, failed: 3 }) },
  });
  expect(fleetTotalsOf(status)).toEqual({
    nodes: 4,
    online: 3,
    modelsLoaded: 6,
    running: 2,
    waiting: 5,
    held: 1,
    done: 42,
    failed: 4,
  });
});
