import { BYTES_PER_GIB } from "@herd/shared";
import { describe, expect, it } from "vitest";
import type { ModelSnapshot } from "../domain/fleet-snapshot.ts";
import { NO_MODEL_FACTS } from "../domain/fleet-snapshot.ts";
import { plainModel } from "../domain/testing/plain-node.ts";
import { expectedBytes, measuredSizes } from "./size-estimate.ts";

const gib = (size: number): number => size * BYTES_PER_GIB;
const model = (wishes: Partial<ModelSnapshot>, facts: Partial<ModelSnapshot["facts"]> = {}): ModelSnapshot =>
  plainModel("m", { digest: "d1", facts: { ...NO_MODEL_FACTS, ...facts }, ...wishes });
const loaded = (size: number) => ({ sizeBytes: gib(size), vramBytes: undefined, contextLength: 4096 });
const estimate = (entry: ModelSnapshot, contextTokens?: number, measured: ReadonlyMap<string, number> = new Map()) =>
  expectedBytes({ model: entry, measured, contextTokens });

describe("the expected size", () => {
  it("is what was measured here", () => {
    expect(estimate(model({ loaded: loaded(6), sizeBytes: gib(4) }), 4096, new Map([["d1", gib(9)]]))).toBe(gib(6));
  });

  it("is what was measured of the same digest elsewhere, the largest of it", () => {
    const measured = measuredSizes([
      model({ loaded: loaded(6) }),
      model({ loaded: loaded(8) }),
      model({ loaded: loaded(50), digest: "d2" }),
      model({ loaded: loaded(0), digest: "d3" }),
      model({ loaded: loaded(70), digest: undefined }),
    ]);
    expect(estimate(model({ sizeBytes: gib(4) }), 4096, measured)).toBe(gib(8));
    expect([...measured.keys()]).toEqual(["d1", "d2"]);
  });

  it("is the file and the cache for the context, as far as the model was trained for it", () => {
    const small = estimate(model({ sizeBytes: gib(4) }), 4096) ?? 0;
    const large = estimate(model({ sizeBytes: gib(4) }), 131_072) ?? 0;
    expect(small).toBeGreaterThan(gib(4));
    expect(small).toBeLessThan(gib(5));
    expect(large).toBeGreaterThan(gib(12));
    expect(estimate(model({ sizeBytes: gib(4), contextMax: 4096 }), 131_072)).toBe(small);
    expect(estimate(model({ sizeBytes: gib(4) }))).toBe(small);
  });

  it("is parameters × quantisation where no size is told", () => {
    const size = estimate(model({}, { parameterSize: "30.5B", quantization: "Q4_K_M" })) ?? 0;
    expect(size).toBeGreaterThan(gib(17));
    expect(size).toBeLessThan(gib(20));
    expect(estimate(model({}, { parameterSize: "134.52M", quantization: "F16" })) ?? 0).toBeLessThan(gib(1));
  });

  it("is unknown where nothing is told, whatever the name says", () => {
    expect(estimate(model({ name: "llama3:70b", sizeBytes: 0 }))).toBeUndefined();
    expect(estimate(model({}, { parameterSize: "large" }))).toBeUndefined();
  });
});
