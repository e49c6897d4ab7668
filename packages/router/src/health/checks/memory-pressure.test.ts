import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { memoryPressure } from "./memory-pressure.ts";

const memory = (pressure: "normal" | "warn" | "critical") => ({
  memory: { total_gb: 32, used_gb: 31, available_gb: 1, pressure, wired_gb: 0, compressed_gb: 0 },
});

describe("the check memory_pressure", () => {
  it("finds what the system calls short or critical", () => {
    expect(foundBy(memoryPressure, { nodes: [{ heartbeat: memory("critical") }] })).toMatchObject([
      { severity: "critical", details: { used_gb: 31, total_gb: 32, pressure: "critical" } },
    ]);
    expect(foundBy(memoryPressure, { nodes: [{ heartbeat: memory("warn") }] })).toMatchObject([
      { severity: "warning" },
    ]);
  });

  it("stays silent for what an offline machine last said", () => {
    expect(
      foundBy(memoryPressure, { nodes: [{ heartbeat: memory("critical"), snapshot: { status: "offline" } }] }),
    ).toEqual([]);
    expect(foundBy(memoryPressure, { nodes: [{ heartbeat: memory("normal") }] })).toEqual([]);
  });
});
