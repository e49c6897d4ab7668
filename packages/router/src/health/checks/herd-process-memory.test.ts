import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { herdProcessMemory } from "./herd-process-memory.ts";

const rss = (gib: number) => ({ router: { memory: { rssBytes: gib * 2 ** 30, totalBytes: 64 * 2 ** 30 } } });

describe("the check herd_process_memory", () => {
  it("finds a router and an agent that take gigabytes", () => {
    expect(foundBy(herdProcessMemory, rss(2.5))).toMatchObject([
      { severity: "warning", nodeId: undefined, subject: "router", details: { footprint_gb: 2.5 } },
    ]);
    expect(foundBy(herdProcessMemory, rss(4))).toMatchObject([{ severity: "critical" }]);
    expect(
      foundBy(herdProcessMemory, { nodes: [{ heartbeat: { process_memory: { footprint_gb: 3, rss_gb: 1 } } }] }),
    ).toMatchObject([{ severity: "warning", nodeId: "node-1", subject: "agent", details: { footprint_gb: 3 } }]);
  });

  it("stays silent below, and where nothing is told", () => {
    expect(foundBy(herdProcessMemory, rss(1.9))).toEqual([]);
    expect(foundBy(herdProcessMemory, { nodes: [{ heartbeat: { process_memory: "?" } }] })).toEqual([]);
  });
});
