import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { diskSpace } from "./disk-space.ts";

const volume = (available_gb: number, total_gb = 500) => ({ total_gb, used_gb: total_gb - available_gb, available_gb });
const router = (gib: number) => ({
  router: { volume: { path: "/data", totalBytes: 100 * 2 ** 30, availableBytes: gib * 2 ** 30 } },
});

describe("the check disk_space", () => {
  it("finds machines that cannot take another model, and the volume it is about", () => {
    expect(foundBy(diskSpace, { nodes: [{ heartbeat: { disk: volume(9) } }] })).toMatchObject([
      { severity: "warning", subject: "disk", details: { available_gb: 9 } },
    ]);
    expect(
      foundBy(diskSpace, { nodes: [{ heartbeat: { disk: volume(100), models_disk: volume(1, 2000) } }] }),
    ).toMatchObject([{ severity: "critical", subject: "models" }]);
  });

  it("finds the router's own disk nearly full", () => {
    expect(foundBy(diskSpace, router(1))).toMatchObject([
      { severity: "warning", nodeId: undefined, subject: "router" },
    ]);
    expect(foundBy(diskSpace, router(0.1))).toMatchObject([{ severity: "critical" }]);
  });

  it("tells one volume once, although agents report it twice", () => {
    expect(foundBy(diskSpace, { nodes: [{ heartbeat: { disk: volume(5), models_disk: volume(5.2) } }] })).toHaveLength(
      1,
    );
  });

  it("stays silent with room left, on small disks with a tenth free, and where a reading is no reading", () => {
    expect(foundBy(diskSpace, { ...router(10), nodes: [{ heartbeat: { disk: volume(50) } }] })).toEqual([]);
    expect(foundBy(diskSpace, { nodes: [{ heartbeat: { disk: volume(4, 32) } }] })).toEqual([]);
    expect(foundBy(diskSpace, { nodes: [{ heartbeat: { disk: volume(0, 0) } }] })).toEqual([]);
  });
});
