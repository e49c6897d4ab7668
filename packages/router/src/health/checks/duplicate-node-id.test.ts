import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { NOW } from "../testing/make-facts.ts";
import { duplicateNodeId } from "./duplicate-node-id.ts";

const refused = (more: object = {}) => ({
  nodeId: "node-1",
  address: "192.168.1.66",
  code: "HERD_NODE_KEY_MISMATCH",
  count: 12,
  lastAt: NOW - 5_000,
  ...more,
});

describe("the check duplicate_node_id", () => {
  it("finds another machine under a known id: one finding with all its addresses", () => {
    expect(
      foundBy(duplicateNodeId, { router: { refusals: [refused(), refused({ address: "192.168.1.67", count: 1 })] } }),
    ).toMatchObject([
      {
        severity: "warning",
        nodeId: "node-1",
        details: { addresses: ["192.168.1.66", "192.168.1.67"], owner: "192.168.1.20", refused: 13 },
      },
    ]);
  });

  it("stays silent once it has not been tried for ten minutes, and for other refusals", () => {
    expect(
      foundBy(duplicateNodeId, {
        router: { refusals: [refused({ lastAt: NOW - 600_000 }), refused({ code: "HERD_REPLAYED" })] },
      }),
    ).toEqual([]);
    expect(foundBy(duplicateNodeId)).toEqual([]);
  });
});
