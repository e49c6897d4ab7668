import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { heartbeatFieldsDropped } from "./heartbeat-fields-dropped.ts";

describe("the check heartbeat_fields_dropped", () => {
  it("finds readings that were left out, all of a machine in one finding", () => {
    const findings = ["gpus", "disk"].map((path) => ({
      id: "heartbeat_field",
      text: `${path} could not be read`,
      fix: "Update",
    }));
    expect(foundBy(heartbeatFieldsDropped, { nodes: [{ snapshot: { findings } }] })).toMatchObject([
      { severity: "warning", fix: "Update", details: { fields: ["gpus could not be read", "disk could not be read"] } },
    ]);
  });

  it("stays silent when everything is read", () => {
    expect(foundBy(heartbeatFieldsDropped)).toEqual([]);
  });
});
