import { describe, expect, it } from "vitest";
import { foundIn } from "../testing/traffic-fixtures.ts";
import { modelSkew } from "./model-skew.ts";

describe("the check model_skew", () => {
  it("finds two versions of one model, and which node is behind", () => {
    expect(
      foundIn(modelSkew, {
        machines: [
          { models: { "m:latest": { digest: "a".repeat(64), facts: { modifiedAt: "2026-01-01" } } } },
          { id: "node-2", models: { "m:latest": { digest: "b".repeat(64), facts: { modifiedAt: "2026-02-01" } } } },
        ],
      }),
    ).toMatchObject([
      {
        severity: "warning",
        command: "herd pull m:latest --node node-1",
        details: {
          model: "m:latest",
          digests: { "node-1": "aaaaaaaaaaaa", "node-2": "bbbbbbbbbbbb" },
          behind: ["node-1"],
        },
      },
    ]);
  });

  it("stays silent for one version in two spellings, for a node that does not tell, and for one that is off", () => {
    expect(
      foundIn(modelSkew, {
        machines: [
          { models: { "m:latest": { digest: "a".repeat(64) } } },
          { id: "node-2", models: { "m:latest": { digest: `sha256:${"A".repeat(64)}` } } },
        ],
      }),
    ).toEqual([]);
    expect(
      foundIn(modelSkew, {
        machines: [
          { models: { "m:latest": { digest: "a".repeat(64) } } },
          { id: "node-2", models: { "m:latest": {} } },
        ],
      }),
    ).toEqual([]);
    expect(
      foundIn(modelSkew, {
        machines: [
          { models: { "m:latest": { digest: "a".repeat(64) } } },
          { id: "node-2", models: { "m:latest": { digest: "b".repeat(64) } }, snapshot: { status: "offline" } },
        ],
      }),
    ).toEqual([]);
  });
});
