import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { underutilizedMemory } from "./underutilized-memory.ts";

const free = (available_gb: number) => ({
  memory: {
    total_gb: 64,
    used_gb: 64 - available_gb,
    available_gb,
    pressure: "normal" as const,
    wired_gb: 0,
    compressed_gb: 0,
  },
});

describe("the check underutilized_memory", () => {
  it("finds a machine with most of its memory free and one model loaded", () => {
    expect(foundBy(underutilizedMemory, { nodes: [{ heartbeat: free(48) }] })).toMatchObject([
      { severity: "info", details: { available_gb: 48, available_pct: 75, models_loaded: 1 } },
    ]);
  });

  it("stays silent at half of it, with three models loaded, and for machines of the demo", () => {
    const silent = { ...free(48), ollama: { models_loaded: [], models_available: [], reachable: false } as never };
    expect(foundBy(underutilizedMemory, { nodes: [{ heartbeat: silent }] })).toEqual([]);
    const three = { models_loaded: ["a", "b", "c"].map((name) => ({ name, size_gb: 1 })), models_available: [] };
    expect(foundBy(underutilizedMemory, { nodes: [{ heartbeat: free(32) }] })).toEqual([]);
    expect(foundBy(underutilizedMemory, { nodes: [{ heartbeat: { ...free(48), ollama: three as never } }] })).toEqual(
      [],
    );
    expect(foundBy(underutilizedMemory, { nodes: [{ heartbeat: free(48), snapshot: { isSimulated: true } }] })).toEqual(
      [],
    );
  });
});
