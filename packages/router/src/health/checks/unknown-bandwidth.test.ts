import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { unknownBandwidth } from "./unknown-bandwidth.ts";

describe("the check unknown_bandwidth", () => {
  it("finds machines that tell none", () => {
    expect(
      foundBy(unknownBandwidth, { nodes: [{}, { id: "b", heartbeat: { memory_bandwidth_gbps: 0 } }] }),
    ).toMatchObject([{ severity: "info", details: { nodes: ["b"] } }]);
  });

  it("stays silent when all tell it", () => {
    expect(foundBy(unknownBandwidth)).toEqual([]);
  });
});
