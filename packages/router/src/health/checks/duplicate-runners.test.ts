import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { duplicateRunners } from "./duplicate-runners.ts";

const loaded = (...models_loaded: object[]) => ({
  nodes: [{ heartbeat: { ollama: { models_loaded, models_available: [] } as never } }],
});

describe("the check duplicate_runners", () => {
  it("finds one model under two names, or twice under one", () => {
    expect(
      foundBy(
        duplicateRunners,
        loaded({ name: "a:1", size_gb: 4, digest: "d" }, { name: "b:1", size_gb: 5, digest: "d" }),
      ),
    ).toMatchObject([{ severity: "warning", subject: "d", details: { model: "a:1", runners: 2, spare_gb: 5 } }]);
    expect(foundBy(duplicateRunners, loaded({ name: "a:1", size_gb: 4 }, { name: "A:1", size_gb: 4 }))).toHaveLength(1);
  });

  it("stays silent for two models", () => {
    expect(
      foundBy(
        duplicateRunners,
        loaded({ name: "a:1", size_gb: 4, digest: "d" }, { name: "b:1", size_gb: 5, digest: "e" }),
      ),
    ).toEqual([]);
  });
});
