import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { databaseSize } from "./database-size.ts";

const size = (gib: number, freeGib = 500) => ({
  router: {
    databaseBytes: gib * 2 ** 30,
    volume: { path: "/data", totalBytes: 1000 * 2 ** 30, availableBytes: freeGib * 2 ** 30 },
  },
});

describe("the check database_size", () => {
  it("finds a large one, and warns when a copy does not fit beside it", () => {
    expect(foundBy(databaseSize, size(5))).toMatchObject([{ severity: "info", details: { size_gb: 5 } }]);
    expect(foundBy(databaseSize, size(1, 0.5))).toMatchObject([{ severity: "warning" }]);
  });

  it("stays silent for a small one, also on a full disk", () => {
    expect(foundBy(databaseSize, size(1))).toEqual([]);
    expect(foundBy(databaseSize, size(0.1, 0.05))).toEqual([]);
    expect(foundBy(databaseSize)).toEqual([]);
  });
});
