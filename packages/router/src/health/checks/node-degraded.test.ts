import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { NOW } from "../testing/make-facts.ts";
import { nodeDegraded } from "./node-degraded.ts";

describe("the check node_degraded", () => {
  it("finds a machine that has missed heartbeats, and one whose port refuses calls", () => {
    expect(
      foundBy(nodeDegraded, { nodes: [{ snapshot: { status: "degraded", lastHeartbeatAt: NOW - 20_000 } }] }),
    ).toMatchObject([
      { severity: "warning", description: "Its last heartbeat is 20 s old.", details: { missed_heartbeats: 4 } },
    ]);
    expect(foundBy(nodeDegraded, { nodes: [{ snapshot: { status: "degraded" } }] })).toMatchObject([
      { description: "Its port refuses the router's calls." },
    ]);
  });

  it("stays silent for machines that are online or offline", () => {
    expect(foundBy(nodeDegraded, { nodes: [{}, { id: "b", snapshot: { status: "offline" } }] })).toEqual([]);
  });
});
