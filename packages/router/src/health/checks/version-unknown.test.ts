import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { versionUnknown } from "./version-unknown.ts";

describe("the check version_unknown", () => {
  it("finds agents that tell none", () => {
    expect(foundBy(versionUnknown, { nodes: [{ heartbeat: { agent_version: "" } }] })).toMatchObject([
      { severity: "info", details: { unknown_nodes: ["node-1"] } },
    ]);
  });

  it("stays silent when all do", () => {
    expect(foundBy(versionUnknown)).toEqual([]);
  });
});
