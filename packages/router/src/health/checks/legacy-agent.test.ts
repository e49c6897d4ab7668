import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { legacyAgent } from "./legacy-agent.ts";

describe("the check legacy_agent", () => {
  it("finds machines whose heartbeats are not signed", () => {
    expect(foundBy(legacyAgent, { nodes: [{ snapshot: { isLegacy: true } }] })).toMatchObject([
      { severity: "info", nodeId: "node-1", details: { address: "192.168.1.20" } },
    ]);
  });

  it("stays silent for agents of this product, and for the demo", () => {
    expect(foundBy(legacyAgent, { nodes: [{}, { id: "b", snapshot: { isLegacy: true, isSimulated: true } }] })).toEqual(
      [],
    );
  });
});
