import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { versionMismatch } from "./version-mismatch.ts";

describe("the check version_mismatch", () => {
  it("finds agents of another version and names them in one finding", () => {
    expect(
      foundBy(versionMismatch, {
        nodes: [
          {},
          { id: "b", heartbeat: { agent_version: "1.0.0" } },
          { id: "c", heartbeat: { agent_version: "0.9.0" } },
        ],
      }),
    ).toMatchObject([
      { severity: "warning", details: { router_version: "1.2.3", mismatched_nodes: { b: "1.0.0", c: "0.9.0" } } },
    ]);
  });

  it("stays silent for the same version, the predecessor's, an unknown one and machines that are off", () => {
    expect(
      foundBy(versionMismatch, {
        nodes: [
          {},
          { id: "b", heartbeat: { agent_version: "0.11.4" }, snapshot: { isLegacy: true } },
          { id: "c", heartbeat: { agent_version: "" } },
          { id: "d", heartbeat: { agent_version: "1.0.0" }, snapshot: { status: "offline" } },
        ],
      }),
    ).toEqual([]);
  });
});
