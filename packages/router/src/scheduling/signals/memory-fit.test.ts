import { BYTES_PER_GIB } from "@herd/shared";
import { describe, expect, it } from "vitest";
import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { type CandidateWishes, makeCandidate, makeLoaded, makeModel, makeView } from "../testing/make-view.ts";
import { memoryFit } from "./memory-fit.ts";

const read = (wishes: CandidateWishes) => {
  const candidate = makeCandidate("a", wishes);
  return memoryFit.measure(candidate, makeView([candidate]));
};
const score = (wishes: CandidateWishes): number => read(wishes).score;

const free = (gib: number): Partial<NodeSnapshot> => ({
  memory: { total_gb: 64, used_gb: 8, available_gb: gib, pressure: "normal", wired_gb: 0, compressed_gb: 0 },
});
const gpu = (total: number, used?: number) => ({
  name: "GPU",
  vram_total_gb: total,
  ...(used === undefined ? {} : { vram_used_gb: used }),
});
const ofSize = (gib: number): Partial<CandidateWishes> => ({ candidate: { expectedBytes: gib * BYTES_PER_GIB } });
const holding = (gib: number) => makeModel("other", { loaded: makeLoaded({ sizeBytes: gib * BYTES_PER_GIB }) });

describe("memory_fit", () => {
  it("is full for a model in memory, and below that for every other", () => {
    expect(score({ model: { loaded: makeLoaded() }, node: free(0) })).toBe(1);
    expect(score({ ...ofSize(1), node: free(10_000) })).toBeLessThan(1);
  });

  it("rises smoothly with the head-room after loading", () => {
    const scores = [1, 2, 4, 6, 8, 10, 16, 32].map((gib) => score({ ...ofSize(8), node: free(gib) }));
    expect(scores).toEqual(scores.toSorted((a, b) => a - b));
    expect(scores[0]).toBe(-1);
    expect(scores[4]).toBe(0);
    expect(score({ ...ofSize(8), node: free(12) })).toBeCloseTo(0.45);
  });

  it("counts GPU memory where there is one, not the system's", () => {
    const roomy = free(512);
    expect(score({ ...ofSize(16), node: { ...roomy, gpus: [gpu(8, 0)] } })).toBe(-1);
    expect(score({ ...ofSize(16), node: { ...free(4), gpus: [gpu(24, 0), gpu(24, 8)] } })).toBeGreaterThan(0.6);
  });

  it("takes a GPU without memory of its own as sharing the system's", () => {
    expect(score({ ...ofSize(8), node: { ...free(16), gpus: [gpu(0)] } })).toBe(
      score({ ...ofSize(8), node: free(16) }),
    );
  });

  it("takes what loaded models hold as used when the GPU does not tell", () => {
    const node = { gpus: [gpu(24)] };
    const facts = read({ ...ofSize(8), node, others: [holding(10)] }).facts;
    expect(facts).toMatchObject({ free_bytes: 14 * BYTES_PER_GIB, idle_bytes: 10 * BYTES_PER_GIB, is_gpu_memory: 1 });
  });

  it("counts what idle models hold for half, and what a working one holds not at all", () => {
    const wishes = { ...ofSize(8), node: free(2), others: [holding(30)] };
    const whenIdle = score(wishes);
    const whenBusy = score({ ...wishes, load: { nodeInFlight: 1 } });
    expect(whenIdle).toBeGreaterThan(0.3);
    expect(whenIdle).toBeLessThan(0.5);
    expect(whenBusy).toBe(-1);
  });

  it("keeps within the owner's ceiling", () => {
    const capacity = {
      mode: "learned_low",
      ceiling_gb: 8,
      availability_score: 0.3,
      reason: "",
      override_active: false,
      learning_confidence: 1,
      days_observed: 30,
    };
    expect(score({ ...ofSize(8), node: { ...free(64), capacity } })).toBe(0);
  });

  it("is neutral when the size, or what the machine has now, is not known", () => {
    expect(score({ model: { sizeBytes: undefined } })).toBe(0);
    expect(score({ ...ofSize(8), node: { ...free(64), lastHeartbeatAt: undefined } })).toBe(0);
  });

  it("says it in words", () => {
    const words = (wishes: CandidateWishes) => memoryFit.explain(read(wishes));
    expect(words({ ...ofSize(4.7), node: free(11.2) })).toBe("Needs about 4.7 GiB; 11.2 GiB of memory free");
    expect(words({ ...ofSize(8), node: free(2), others: [holding(30)] })).toBe(
      "Needs about 8.0 GiB; 2.0 GiB of memory free and 30.0 GiB held by idle models, which must leave first",
    );
    expect(words({ ...ofSize(80), node: { gpus: [gpu(24, 0)] } })).toBe(
      "Needs about 80.0 GiB; 24.0 GiB of GPU memory free: it does not fit entirely",
    );
    expect(words({ model: { sizeBytes: undefined } })).toBe("The size of the model is not known");
  });
});
