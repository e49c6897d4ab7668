import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { visionBackendMissing } from "./vision-backend-missing.ts";

const told = (status: unknown) => ({ nodes: [{ heartbeat: { vision_embedding_status: status } }] });

describe("the check vision_backend_missing", () => {
  it("finds weights without the program that runs them", () => {
    expect(foundBy(visionBackendMissing, told({ backend_available: false, cached_model_count: 2 }))).toMatchObject([
      { severity: "warning", nodeId: "node-1", details: { cached_model_count: 2, backend_available: false } },
    ]);
  });

  it("stays silent with the program, without weights, and where nothing is told", () => {
    expect(foundBy(visionBackendMissing, told({ backend_available: true, cached_model_count: 2 }))).toEqual([]);
    expect(foundBy(visionBackendMissing, told({ backend_available: false, cached_model_count: 0 }))).toEqual([]);
    expect(foundBy(visionBackendMissing, told({}))).toEqual([]);
    expect(foundBy(visionBackendMissing, told("broken"))).toEqual([]);
    expect(foundBy(visionBackendMissing)).toEqual([]);
  });
});
