import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { NOW } from "../testing/make-facts.ts";
import { noNodes } from "./no-nodes.ts";

describe("the check no_nodes", () => {
  it("finds a router that nobody has joined", () => {
    expect(foundBy(noNodes, { nodes: [] })).toMatchObject([{ severity: "critical", nodeId: undefined }]);
  });

  it("stays silent while machines have not had the time to join, and once one has", () => {
    expect(foundBy(noNodes, { nodes: [], router: { startedAt: NOW - 29_000 } })).toEqual([]);
    expect(foundBy(noNodes, { nodes: [{ snapshot: { status: "offline" } }] })).toEqual([]);
  });
});
