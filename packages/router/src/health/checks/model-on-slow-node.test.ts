import { describe, expect, it } from "vitest";
import { foundIn, paceOf, pacesOf } from "../testing/traffic-fixtures.ts";
import { modelOnSlowNode } from "./model-on-slow-node.ts";

describe("the check model_on_slow_node", () => {
  it("finds a slow node that takes much of a model's work", () => {
    expect(
      foundIn(modelOnSlowNode, {
        traffic: { paces: [pacesOf({ decode: paceOf(5, 5) }), pacesOf({ nodeId: "node-2", decode: paceOf(40, 40) })] },
      }),
    ).toMatchObject([
      {
        severity: "info",
        nodeId: "node-1",
        command: "herd rm m:latest --node node-1",
        details: { tok_s: 5, fastest_tok_s: 40, fastest_node: "node-2", share_pct: 50 },
      },
    ]);
  });

  it("stays silent when it is half as fast, or takes little", () => {
    expect(
      foundIn(modelOnSlowNode, {
        traffic: {
          paces: [pacesOf({ decode: paceOf(20, 20) }), pacesOf({ nodeId: "node-2", decode: paceOf(40, 40) })],
        },
      }),
    ).toEqual([]);
    expect(
      foundIn(modelOnSlowNode, {
        traffic: {
          paces: [
            pacesOf({ decode: paceOf(5, 5, { recentRequests: 10 }) }),
            pacesOf({ nodeId: "node-2", decode: paceOf(40, 40, { recentRequests: 90 }) }),
          ],
        },
      }),
    ).toEqual([]);
  });
});
