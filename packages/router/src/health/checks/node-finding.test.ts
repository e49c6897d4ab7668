import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { nodeFinding } from "./node-finding.ts";

const noted = (...ids: string[]) => ({
  nodes: [{ snapshot: { findings: ids.map((id) => ({ id, text: "odd", fix: id === "bare" ? "" : "Look" })) } }],
});

describe("the check node_finding", () => {
  it("finds notes that no other check tells, each under its own key", () => {
    expect(foundBy(nodeFinding, noted("odd_one", "bare"))).toMatchObject([
      { severity: "warning", subject: "odd_one", fix: "Look" },
      { subject: "bare", fix: expect.stringMatching(/\S/) },
    ]);
  });

  it("stays silent for those that other checks tell, so that nothing is told twice", () => {
    expect(
      foundBy(
        nodeFinding,
        noted("clock_skew", "heartbeat_field", "host_refused", "backend_unreachable/x", "gateway_missing"),
      ),
    ).toEqual([]);
  });
});
