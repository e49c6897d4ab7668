import { describe, expect, it } from "vitest";
import { foundIn, rowsOf, useOf } from "../testing/traffic-fixtures.ts";
import { imageGeneration } from "./image-generation.ts";

describe("the check image_generation", () => {
  it("tells how many pictures were made, and warns when one failed lately", () => {
    expect(
      foundIn(imageGeneration, {
        traffic: {
          uses: [useOf({ requests: 4, failed: 1 }, { kind: "image" })],
          ends: rowsOf(1, { kind: "image", status: "failed" }),
        },
      }),
    ).toMatchObject([{ severity: "warning", traces: ["r-1"], details: { total: 4, failed: 1 } }]);
  });

  it("takes those that went well for information", () => {
    expect(foundIn(imageGeneration, { traffic: { uses: [useOf({ requests: 4 }, { kind: "image" })] } })).toMatchObject([
      { severity: "info" },
    ]);
  });

  it("stays silent for chats", () => {
    expect(foundIn(imageGeneration, { traffic: { uses: [useOf({ requests: 4 })] } })).toEqual([]);
  });
});
