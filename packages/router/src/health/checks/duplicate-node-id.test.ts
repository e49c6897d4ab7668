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

  it("names the second agent anew while the first reports, and lets a machine that is gone be removed", () => {
    const found = (status: "online" | "offline") =>
      foundBy(duplicateNodeId, { nodes: [{ snapshot: { status } }], router: { refusals: [refused()] } });
    expect(found("online")).toMatchObject([
      { command: "herd-node --router-url http://ROUTER:11435 --node-id node-1-2" },
    ]);
    expect(found("offline")).toMatchObject([{ command: "herd node remove node-1" }]);
  });

  it("is over when the second agent has missed its knocks", () => {
    const found = (ago: number) => foundBy(duplicateNodeId, { router: { refusals: [refused({ lastAt: NOW - ago })] } });
    expect(found(49_000)).toMatchObject([{ severity: "warning", isResolved: false }]);
    expect(found(50_000)).toMatchObject([{ severity: "info", isResolved: true }]);
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
